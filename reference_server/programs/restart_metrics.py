"""What the supervisor counts, in the folder of counts that it shares with the front ends, which report them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from reference_server.contract.limits import METRICS_FOLDER_VARIABLE

Cause = Literal["ended", "hung"]
"""Why a process is started again."""


class RestartMetrics:
    """Counts restarts, by the program and the cause; sets the environment for all who count into the folder."""

    def __init__(self, folder: Path) -> None:
        os.environ[METRICS_FOLDER_VARIABLE] = str(folder)
        from prometheus_client import CollectorRegistry, Counter, multiprocess  # noqa: PLC0415 -- see METRICS_FOLDER_VARIABLE

        self._mark_dead = multiprocess.mark_process_dead
        self._restarts = Counter(
            "process_restarts_total", "Processes started again", ("program", "cause"), registry=CollectorRegistry()
        )

    def count(self, program: str, cause: Cause) -> None:
        """Count a restart."""
        self._restarts.labels(program, cause).inc()

    def forget(self, pid: int) -> None:
        """Drop what a process that ended counted as under way; what it counted as done stays."""
        self._mark_dead(pid)  # type: ignore[no-untyped-call]  # the library has no types here
