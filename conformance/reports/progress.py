"""What moves on the console while the run goes on: a bar on a terminal, nothing elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from conformance.judging.plugin import Listener
from conformance.judging.results import Judgement
from conformance.judging.verdicts import Verdict


class Bar(Listener):
    """Shows the requirement that is being judged and counts what has failed so far."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task
        self._failures = 0

    def planned(self, total: int) -> None:
        """Show how much there is to judge."""
        self._progress.update(self._task, total=total)

    def begins(self, requirement_id: str) -> None:
        """Show what is being judged."""
        failures = f"  [red]{self._failures} failed[/]" if self._failures else ""
        self._progress.update(self._task, description=f"{requirement_id}{failures}")

    def judged(self, judgement: Judgement) -> None:
        """Count a verdict."""
        self._failures += judgement.verdict is Verdict.FAIL
        self._progress.advance(self._task)


@contextmanager
def progress_on(console: Console) -> Iterator[Listener]:
    """Show the progress of a run while the block runs."""
    if not console.is_terminal:
        yield Listener()
        return
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as progress:
        yield Bar(progress, progress.add_task("preflight", total=None))
