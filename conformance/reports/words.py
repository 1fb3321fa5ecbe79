"""What every report says in the same words: the outcome of the run and its number of requirements."""

from conformance.judging.results import Results
from conformance.judging.verdicts import Outcome

MEANINGS = {
    Outcome.CONFORMANT: ": every MUST that was selected holds",
    Outcome.NONCONFORMANT: ": a MUST fails or a declared failure has gone stale",
    Outcome.INCOMPLETE: ": not everything could be tested",
    Outcome.ERROR: ": the suite itself failed",
}


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
