"""results.json: the one source of every report.

The document is these dataclasses as JSON, key by key. A requirement refers to exchanges by their number in the
document's own list, which holds all traffic of the run, set-up and clean-up included.
"""

import dataclasses
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from conformance.judging.verdicts import EXIT_CODES, Ending, Outcome, Verdict, outcome_of
from conformance.target.description_record import DescriptionRecord
from conformance.target.redirects import RedirectDecision
from conformance.transport.exchange import Exchange

FORMAT = 2
FILE_NAME = "results.json"
# the keys under which nothing stands that a target or a user has said
OWN_WORDS = frozenset(
    {
        "outcome",
        "totals",
        "ending",
        "gitlab",
        "reason_for_gitlab",
        "features",
        "suite_version",
        "prefix",
        "started_at",
        "id",
        "section",
        "level",
        "condition",
        "sentence",
        "provenance",
        "source",
        "capability",
        "verdict",
        "label",
        "framing",
        "purpose",
        "variable",
        "scheme",
        "actor",
        "visibility",
        "chain",
    }
)
GROUPED = (Verdict.UNTESTABLE, Verdict.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One expectation or control that a check evaluated, in the order of evaluation."""

    label: str
    control: bool
    held: bool


@dataclass(frozen=True, slots=True)
class FailureDetails:
    """Why a requirement failed or, for a control, why it could not be tested.

    `exchange` is the number of the exchange that was judged; `curl` is one line that repeats it and what it rests on.
    """

    failed_expectation: str
    control: bool
    expected: str
    actual: str
    exchange: int | None
    curl: str | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one requirement, with everything a report needs to explain it.

    `condition` says in which versions of GitLab the requirement holds.
    `reason` is a sentence for every verdict but pass and fail. `exchanges` are numbers.
    """

    id: str
    section: str
    level: str
    condition: str
    sentence: str
    provenance: str
    source: str
    capability: str
    verdict: Verdict
    reason: str | None
    expectations: tuple[Evaluation, ...]
    failure: FailureDetails | None
    exchanges: tuple[int, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What was run, against what, when and with which selection. Times are ISO 8601 in UTC, durations seconds.

    `gitlab` is the version that is the measure, `reason_for_gitlab` says why: it was `told`, `the registry says` it,
    or it is the `newest known`. `said` is what the registry has called itself when it was asked, and `features` are the
    flags of GitLab that are on. `judged` counts the requirements that were judged before the run ended, of `planned`.
    Downloads may go to `redirect_hosts` too; `redirects` are what was decided about every host that they were sent to.
    `settle` and `parent_group` are how the run was to be set up. `removed` says whether the run made projects and took
    them away again.
    """

    suite_version: str
    target: str
    gitlab: str
    reason_for_gitlab: str
    said: str | None
    features: tuple[str, ...]
    level: str
    only: tuple[str, ...]
    large_bytes: int
    prefix: str
    started_at: str
    seconds: float
    ending: Ending
    judged: int
    planned: int
    redirect_hosts: tuple[str, ...]
    redirects: tuple[RedirectDecision, ...]
    settle: float
    parent_group: str | None
    removed: bool


@dataclass(frozen=True, slots=True)
class Variable:
    """What stands for a secret in the lines that repeat failures, and the shell command that sets it.

    Without a command it stood for a token that the run has made and removed again.
    """

    name: str
    command: str | None


@dataclass(frozen=True, slots=True)
class Results:
    """The whole document. `leftovers` are sentences that name what the run could not remove.

    `chain` are SHA-256 digests: the first of all but the exchanges, each further one of that before and of an exchange.
    It is added when the document is written.
    """

    format: int
    run: RunFacts
    outcome: Outcome
    exit_code: int
    totals: Mapping[str, int]
    requirements: tuple[Judgement, ...]
    leftovers: tuple[str, ...]
    variables: tuple[Variable, ...]
    description: DescriptionRecord
    exchanges: tuple[Exchange, ...]
    chain: tuple[str, ...] = ()

    def findings(self) -> list[tuple[Judgement, ...]]:
        """Return what is not a pass; what could not be tested, or need not be, for the same reason is together."""
        groups: dict[tuple[str | None, ...], list[Judgement]] = {}
        for entry in self.requirements:
            if entry.verdict is not Verdict.PASS:
                evidence = (entry.failure.expected, entry.failure.actual) if entry.failure else ()
                alike = (entry.reason, *evidence) if entry.verdict in GROUPED else (entry.id,)
                groups.setdefault((entry.verdict, *alike), []).append(entry)
        return [tuple(group) for group in groups.values()]

    def as_document(self) -> dict[str, Any]:
        """Return the results as what json.dumps takes."""
        return dataclasses.asdict(self)


def totals_of(judgements: Iterable[Judgement]) -> dict[str, int]:
    """Return how many judgements there are of each verdict."""
    counts = Counter(entry.verdict for entry in judgements)
    return {verdict.value: counts[verdict] for verdict in Verdict}


def with_judgements(results: Results, judgements: Sequence[Judgement]) -> Results:
    """Return the results of the same run with other judgements, and with the outcome that follows from them."""
    outcome = outcome_of(((entry.level, entry.verdict) for entry in judgements), results.run.ending)
    return dataclasses.replace(
        results,
        outcome=outcome,
        exit_code=int(EXIT_CODES[outcome]),
        totals=totals_of(judgements),
        requirements=tuple(judgements),
    )


def load(path: Path) -> Results:
    """Read a results.json.

    Raises ValueError when the file is of another format or something in it is not as the format says.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except RecursionError as error:
        raise ValueError(f"{path} is nested too deeply") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError(f"{path} is no results file of format {FORMAT}")
    try:
        results: Results = _decoded(Results, document)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is not as format {FORMAT} says: {error}") from error
    return results


def _decoded(kind: Any, value: Any) -> Any:  # noqa: ANN401 - any JSON, and the type that a field declares for it
    """Return a JSON value as what the type says: a dataclass, a tuple, a word of an enum, or the value itself."""
    arguments = get_args(kind)
    if value is None or kind is Any:
        return value
    if get_origin(kind) is UnionType:
        return _decoded(arguments[0], value)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return kind(**{name: _decoded(_field_types(kind)[name], entry) for name, entry in value.items()})
    if get_origin(kind) is tuple:
        return tuple(_decoded(arguments[0], entry) for entry in value)
    return kind(value) if isinstance(kind, type) and issubclass(kind, StrEnum) else value


_field_types = cache(get_type_hints)
