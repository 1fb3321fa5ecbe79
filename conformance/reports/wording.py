"""What every report says in the same words: the outcome, numbers, and what to do before failures are repeated."""

import re

from conformance.judging.chosen_version import Reason
from conformance.judging.results import Results, RunFacts
from conformance.judging.verdicts import Outcome

INTRODUCTION = "Each failure comes with one line that repeats it in a shell; they share these variables:"
REMOVED = "# the run has removed its projects and tokens: run with --keep, which saves the tokens, to repeat by hand"
VARIABLE = re.compile(r"\$([A-Z][A-Z0-9_]*)")
MEANINGS = {
    Outcome.CONFORMANT: ": every MUST that was selected holds",
    Outcome.NONCONFORMANT: ": a MUST fails or a declared failure has gone stale",
    Outcome.INCOMPLETE: ": not everything could be tested",
    Outcome.ERROR: ": the suite itself failed",
}


def measured_by(run: RunFacts) -> str:
    """Return the version of GitLab that was the measure, why it was, and its flags, in words."""
    parts = [run.reason_for_gitlab] if run.reason_for_gitlab != Reason.REGISTRY else []
    parts += [f"{Reason.REGISTRY.value} {run.said}"] if run.said else []
    reason = "; ".join(parts) or run.reason_for_gitlab
    return f"GitLab {run.gitlab} ({reason})" + "".join(f" with {name}" for name in run.features)


def counted(number: int) -> str:
    """Return a number of requirements in words."""
    return f"{number} requirement" if number == 1 else f"{number} requirements"


def meaning(results: Results) -> str:
    """Return what follows the word for the outcome in a sentence."""
    if results.outcome is Outcome.INTERRUPTED:
        return f" after {results.run.judged} of {counted(results.run.planned)}"
    if results.outcome is Outcome.GONE:
        return f": the target went away after {counted(results.run.judged)}"
    return MEANINGS[results.outcome]


def preparation(results: Results) -> list[str]:
    """Return the shell lines that set the variables of the lines that repeat failures, each once; none without any."""
    lines = [entry.failure.curl or "" for entry in results.requirements if entry.failure]
    used = {name for line in lines for name in VARIABLE.findall(line)}
    commands = [variable.command for variable in results.variables if variable.name in used and variable.command]
    return [*dict.fromkeys(commands), *([REMOVED] if used and results.run.removed else [])]
