"""How a self-test speaks: progress while it runs, the differences in a table, and one sentence at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from conformance.selftest.differences import Difference


@contextmanager
def progress(console: Console, total: int, kind: str = "broken") -> Iterator[Callable[[str], None]]:
    """Show how many of `total` registries are done: a bar on a terminal, a line for every tenth elsewhere."""
    columns = (
        SpinnerColumn(),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("the good registry", total=total)
        steps = {total * tenth // 10 for tenth in range(1, 10)}

        def on_done(name: str) -> None:
            bar.update(task, advance=1, description=name)
            done = int(bar.tasks[task].completed)
            if not console.is_terminal and done in steps:
                console.print(f"{done} of {total} {kind} registries judged")

        yield on_done


def show(console: Console, differences: Sequence[Difference], sentences: Mapping[str, str]) -> None:
    """Print the differences by fault, each fault with the sentence that says what is wrong with it."""
    width = max(len(difference.kind.value) for difference in differences)
    for name, group in groupby(sorted(differences), key=lambda difference: difference.fault):
        title = Text(name or "all broken registries together", style="bold")
        title.append(f": {sentences[name]}" if name in sentences else "", style="not bold")
        console.print(title, soft_wrap=True)
        for difference in group:
            line = Text(f"  {difference.kind.value:{width}}", style="red")
            console.print(line.append(f"  {difference.subject}", style="default"), soft_wrap=True)
