"""The console of the program: shows what others have sent without obeying it, and outlives its reader."""

import os
import sys

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
from rich.segment import Segment

from conformance.reports.characters import visible


class ProgramConsole(Console):
    """A console that escapes control characters in everything printed.

    It falls silent when nobody reads it any more, and lets the command come to its own end.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr)
        self.push_render_hook(VisibleHook())

    def on_broken_pipe(self) -> None:
        """Print nothing from now on."""
        self.quiet = True
        let_go_of_stdout()


class VisibleHook(RenderHook):
    """Wraps all that is printed."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """Return the renderables, each with its control characters escaped."""
        return [Visible(renderable) for renderable in renderables]


class Visible:
    """Something printable without its control characters; rich's own, such as those that move a cursor, stay."""

    def __init__(self, renderable: ConsoleRenderable) -> None:
        self._renderable = renderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the segments."""
        for segment in console.render(self._renderable, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)


def let_go_of_stdout() -> None:
    """Point stdout to nowhere, so that what is still buffered raises nothing when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
