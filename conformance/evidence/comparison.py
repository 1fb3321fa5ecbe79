"""What differs between two runs, requirement by requirement."""

from dataclasses import dataclass

from conformance.judging.results import Judgement, Results

NONE = "none"


@dataclass(frozen=True, slots=True)
class Difference:
    """One requirement on which two runs differ; a run that does not have it has None."""

    id: str
    first: Judgement | None
    second: Judgement | None

    @property
    def kind(self) -> str:
        """Return "new", "gone" or "changed", as seen from the first run."""
        if self.first is None:
            return "new"
        return "gone" if self.second is None else "changed"

    @property
    def row(self) -> tuple[str, str, str, str, str]:
        """Return the kind, the id, both verdicts and why they are what they are, in words."""
        whys = [why for entry in (self.first, self.second) if entry is not None and (why := _why(entry))]
        return self.kind, self.id, _verdict(self.first), _verdict(self.second), "; then ".join(whys)


def differences_between(first: Results, second: Results) -> list[Difference]:
    """Return the requirements whose verdict differs, or that only one of the runs has, in the order of the runs."""
    before = {entry.id: entry for entry in first.requirements}
    after = {entry.id: entry for entry in second.requirements}
    return [
        Difference(identifier, before.get(identifier), after.get(identifier))
        for identifier in {**before, **after}
        if _verdict(before.get(identifier)) != _verdict(after.get(identifier))
    ]


def _verdict(entry: Judgement | None) -> str:
    return NONE if entry is None else entry.verdict.value


def _why(entry: Judgement) -> str:
    failure = entry.failure
    if failure is None:
        return entry.reason or ""
    return f"{failure.failed_expectation}: expected {failure.expected}, got {failure.actual}"
