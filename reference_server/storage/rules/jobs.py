"""Where jobs stand and whose jobs runners take, as the contract numbers them."""

from __future__ import annotations

import enum

from reference_server.contract.failure import Failure, Reason


class JobStatus(enum.IntEnum):
    """Where a job stands."""

    PENDING = 1
    RUNNING = 2
    SUCCESS = 3
    FAILED = 4
    CANCELED = 5


class RunnerType(enum.IntEnum):
    """Whose jobs a runner takes."""

    INSTANCE = 1
    GROUP = 2
    PROJECT = 3


UNFINISHED = frozenset({JobStatus.PENDING, JobStatus.RUNNING})

_STATES = {
    "": JobStatus.RUNNING,
    "running": JobStatus.RUNNING,
    "success": JobStatus.SUCCESS,
    "failed": JobStatus.FAILED,
    "canceled": JobStatus.CANCELED,
}


def read_state(text: str) -> JobStatus:
    """Read the state that a runner reports of a running job; raises PARAMETER_VALUE_UNKNOWN."""
    if text not in _STATES:
        raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, "state does not have a valid value", parameter="state")
    return _STATES[text]
