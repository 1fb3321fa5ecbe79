"""What comes about by itself after a while."""

import time
from collections.abc import Callable

SECONDS = 30


def eventually(condition: Callable[[], object], *, what: str) -> None:
    """Wait until a condition holds; fail with `what` when it does not hold in time."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)
