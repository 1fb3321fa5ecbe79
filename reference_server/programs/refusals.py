"""Why a program does not start or go on, in one sentence for the person who started it."""

from __future__ import annotations

USAGE_EXIT = 2
"""The command line or the configuration is wrong."""

FAILURE_EXIT = 1
"""What was asked for cannot be done."""


class UsageRefusedError(Exception):
    """The command line or the configuration file is wrong; the text says what to write instead."""


class StartRefusedError(Exception):
    """The surroundings do not allow the start; the text says what to do."""


class ServiceEndedError(Exception):
    """A server that ran cannot go on; the text says why."""


class SilentExitError(Exception):
    """A process that has already said why ended with this exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code
