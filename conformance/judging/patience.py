"""Cleaning up although the user has lost patience: the first interrupt is held back, the second is not."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

HELD_BACK = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def first_interrupt_held_back() -> Iterator[None]:
    """Overlook the first signal that would end the program; the second raises KeyboardInterrupt.

    Signals reach the main thread alone, so there is nothing to hold back in another.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []

    def hear(number: int, _frame: FrameType | None) -> None:
        heard.append(number)
        if len(heard) > 1:
            raise KeyboardInterrupt

    previous = {number: signal.signal(number, hear) for number in HELD_BACK}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
