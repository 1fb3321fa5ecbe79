"""Running a suite from the command line: what it leaves on the registry is said, also when it ends in an error."""

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from conformance.judging.results import Results
from conformance.judging.suite import Suite
from conformance.transport.redaction import Redactor


def judge_aloud(suite: Suite, redactor: Redactor, console: Console) -> Results:
    """Run the suite; when it raises, name first what stays behind."""
    try:
        return suite.run()
    except BaseException:
        say_leftovers(suite.leftovers, redactor, console)
        raise


def say_leftovers(leftovers: Iterable[str], redactor: Redactor, console: Console) -> None:
    """Name what stays behind, a line each."""
    for leftover in leftovers:
        console.print(Text(redactor.text(f"Left behind: {leftover}")), soft_wrap=True)
