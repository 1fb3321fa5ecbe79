"""How a self-test speaks: progress while it runs, the differences in a table, and one sentence at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from conformance.selftest.faults.fault import Fault
from conformance.selftest.matrix import Difference


class Hear(Protocol):
    """Is told of every fault that has been examined."""

    def __call__(self, fault: Fault) -> None:
        """Count a fault."""


@contextmanager
def progress(console: Console, total: int) -> Iterator[Hear]:
    """Show how many of `total` faults have been examined."""
    columns = (
        SpinnerColumn(),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("the good registry", total=total)

        def hear(fault: Fault) -> None:
            bar.update(task, advance=1, description=fault.name)

        yield hear


def show(console: Console, differences: Sequence[Difference], sentences: dict[str, str]) -> None:
    """Print the differences by fault, each fault with the sentence that says what is wrong with it."""
    table = Table("fault", "difference", "about", show_lines=False, expand=False)
    for fault, group in groupby(sorted(differences), key=lambda difference: difference.fault):
        title = Text(fault or "the matrix as a whole", style="bold")
        title.append(f"\n{sentences[fault]}" if fault in sentences else "", style="not bold dim")
        for difference in group:
            table.add_row(title, Text(difference.kind.value), Text(difference.subject))
            title = Text()
        table.add_section()
    console.print(table)
