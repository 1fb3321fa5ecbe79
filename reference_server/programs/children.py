"""A process that the supervisor starts, watches and stops."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

COMMAND: tuple[str, ...] = (sys.executable, "-m", "reference_server")
"""What starts one of this project's programs."""

READY = "Ready: "
"""What a program's first line on standard output begins with, once it serves."""


class Child:
    """One child process. Its standard input stays open as long as this process lives: see signals.stop_with_parent."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self._process = process

    @classmethod
    async def start(
        cls, name: str, arguments: Sequence[str], *, environment: Mapping[str, str], descriptors: Sequence[int] = ()
    ) -> Child:
        """Start one of this project's programs, out of reach of the terminal's own signals."""
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            *arguments,
            "--supervised",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=environment,
            pass_fds=descriptors,
            start_new_session=True,
        )
        return cls(name, process)

    async def ready(self) -> bool:
        """Wait until the child serves; False when it ended instead."""
        output = self._process.stdout
        if output is None:
            return False
        while line := await output.readline():
            if line.startswith(READY.encode()):
                return True
        return False

    async def ended(self) -> int:
        """Wait until the child ends and give its exit code."""
        return await self._process.wait()

    async def stop(self, seconds: float) -> int:
        """Ask the child to stop, end it when it takes longer, and give its exit code."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(seconds):
                return await self._process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            return await self._process.wait()
