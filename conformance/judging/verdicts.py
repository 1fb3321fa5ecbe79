"""The verdict on one requirement, the outcome of a whole run, and the exit code that says it."""

from collections.abc import Iterable
from enum import IntEnum, StrEnum


class Verdict(StrEnum):
    """What the suite says of one requirement."""

    PASS = "pass"  # noqa: S105 - the word of the verdict, no password
    FAIL = "fail"
    UNTESTABLE = "untestable"
    NOT_APPLICABLE = "not-applicable"
    EXPECTED_FAILURE = "expected-failure"
    STALE = "stale"
    ERROR = "error"


class Outcome(StrEnum):
    """What the suite says of the whole run."""

    CONFORMANT = "conformant"
    NONCONFORMANT = "nonconformant"
    INCOMPLETE = "incomplete"
    INTERRUPTED = "interrupted"
    GONE = "unreachable"
    ERROR = "error"


class Ending(StrEnum):
    """How a run ended: with its last requirement, because the user wished so, or because the target went away."""

    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    GONE = "gone"


class ExitCode(IntEnum):
    """The exit codes of every command."""

    CONFORMANT = 0
    NONCONFORMANT = 1
    USAGE = 2
    INCOMPLETE = 3
    PREFLIGHT = 4
    INTERNAL = 5


EXIT_CODES = {
    Outcome.CONFORMANT: ExitCode.CONFORMANT,
    Outcome.NONCONFORMANT: ExitCode.NONCONFORMANT,
    Outcome.INCOMPLETE: ExitCode.INCOMPLETE,
    Outcome.INTERRUPTED: ExitCode.INCOMPLETE,
    Outcome.GONE: ExitCode.PREFLIGHT,
    Outcome.ERROR: ExitCode.INTERNAL,
}


def outcome_of(judged: Iterable[tuple[str, Verdict]], ending: Ending = Ending.COMPLETE) -> Outcome:
    """Return the outcome of a run from the (level, verdict) of every requirement in it.

    An error of the suite outweighs everything, and an early end of the run all verdicts. A MUST that fails or an
    expected failure that has gone stale outweighs a MUST that could not be tested, and a run that tested nothing is
    incomplete. A SHOULD or MAY that fails, or cannot be tested, is reported and does not change the outcome.
    """
    pairs = list(judged)
    verdicts = {verdict for _, verdict in pairs}
    if Verdict.ERROR in verdicts:
        return Outcome.ERROR
    if ending is not Ending.COMPLETE:
        return Outcome.INTERRUPTED if ending is Ending.INTERRUPTED else Outcome.GONE
    if ("must", Verdict.FAIL) in pairs or Verdict.STALE in verdicts:
        return Outcome.NONCONFORMANT
    tested = verdicts & {Verdict.PASS, Verdict.FAIL, Verdict.EXPECTED_FAILURE}
    if ("must", Verdict.UNTESTABLE) in pairs or not tested:
        return Outcome.INCOMPLETE
    return Outcome.CONFORMANT
