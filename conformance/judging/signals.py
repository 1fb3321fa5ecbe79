"""What the signals that end programs do to a run: it cleans up, and is not put off doing so by the first of them."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = (signal.SIGTERM, signal.SIGHUP)
HELD_BACK = (signal.SIGINT, *ENDING)
Handler = Callable[[int, FrameType | None], object]


@contextmanager
def sigterm_as_interrupt() -> Iterator[None]:
    """Let SIGTERM, and the end of the terminal, clean up as Ctrl-C does."""
    with _handled(ENDING, signal.default_int_handler):
        yield


@contextmanager
def first_interrupt_held_back() -> Iterator[None]:
    """Overlook the first signal that would end the program; the second raises KeyboardInterrupt."""
    heard: list[int] = []

    def hear(number: int, _frame: FrameType | None) -> None:
        heard.append(number)
        if len(heard) > 1:
            raise KeyboardInterrupt

    with _handled(HELD_BACK, hear):
        yield


@contextmanager
def _handled(numbers: tuple[signal.Signals, ...], handler: Handler) -> Iterator[None]:
    """Have signals handled for a while; they reach the main thread alone, and only it may say so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, before in previous.items():
            signal.signal(number, before)
