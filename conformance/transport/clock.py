"""The clock by which the suite waits: the system's, unless a run is judged again from its recording."""

import time


class Clock:
    """Seconds as the suite counts them; only differences mean anything."""

    def now(self) -> float:
        """Return the seconds on a clock that never goes back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)
