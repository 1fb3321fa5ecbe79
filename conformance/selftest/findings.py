"""What runs of the suite found, in the terms of the kill matrix.

An expectation or control is written `requirement-id#label`. A requirement that became untestable is written with the
label of the control that failed, or as the bare id when something else was missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from conformance.judging.results import Judgement
from conformance.judging.verdicts import Outcome, Verdict
from conformance.requirements.model import Level
from conformance.selftest.timeline import TimedPurpose


@dataclass(frozen=True, slots=True)
class Kills:
    """What one fault does to the suite: the expectations that fail and the requirements that cannot be judged."""

    red: frozenset[str] = frozenset()
    untestable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Baseline:
    """What runs against good registries evaluated: expectations, controls, and the ids of level MUST."""

    expectations: frozenset[str] = frozenset()
    controls: frozenset[str] = frozenset()
    musts: frozenset[str] = frozenset()

    def __or__(self, other: Baseline) -> Baseline:
        """Return what two runs, against good registries of two versions, evaluated together."""
        return Baseline(
            self.expectations | other.expectations, self.controls | other.controls, self.musts | other.musts
        )


@dataclass(frozen=True, slots=True)
class Findings:
    """What one run found.

    `errors` are sentences on checks that failed as programs; `refusal` is the sentence with which the preflight ended
    the run; `timeline` says for what its exchanges were; `outcome` is what the run says of the registry;
    `not_applicable` are the requirements that a check has found to be so, without anybody's word.
    """

    kills: Kills = field(default_factory=Kills)
    baseline: Baseline = field(default_factory=Baseline)
    errors: tuple[str, ...] = ()
    refusal: str | None = None
    timeline: tuple[TimedPurpose, ...] = ()
    outcome: Outcome | None = None
    not_applicable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Observed:
    """What one fault did in a run.

    `mutated` counts the requests whose course it changed; `errors` are sentences on what failed in the suite or the
    proxy itself; `is_whole` is false for a run that leaves out checks with other verdicts than the good registry's.
    `overlooked` is what a run of every check found outside the reach of the fault.
    """

    kills: Kills
    mutated: int
    errors: tuple[str, ...] = ()
    is_whole: bool = True
    overlooked: frozenset[str] = frozenset()


def requirement_of(expectation: str) -> str:
    """Return the requirement id of `requirement-id#label`, or of a bare id."""
    return expectation.partition("#")[0]


def findings_of(judgements: Iterable[Judgement]) -> Findings:
    """Return what the judgements of a run say."""
    every = tuple(judgements)
    red = {_subject(each) for each in every if each.verdict is Verdict.FAIL}
    untestable = {_subject(each) for each in every if each.verdict is Verdict.UNTESTABLE}
    errors = tuple(f"{each.id}: {each.reason}" for each in every if each.verdict is Verdict.ERROR)
    labels = {(f"{each.id}#{one.label}", one.control) for each in every for one in each.expectations}
    baseline = Baseline(
        expectations=frozenset(name for name, is_control in labels if not is_control),
        controls=frozenset(name for name, is_control in labels if is_control),
        musts=frozenset(each.id for each in every if each.level == Level.MUST),
    )
    return Findings(Kills(frozenset(red), frozenset(untestable)), baseline, errors)


def _subject(judgement: Judgement) -> str:
    return f"{judgement.id}#{judgement.failure.failed_expectation}" if judgement.failure else judgement.id
