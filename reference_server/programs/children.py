"""A process that the supervisor starts, listens to and stops."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reference_server.programs import notifications

COMMAND: tuple[str, ...] = (sys.executable, "-m", "reference_server")
"""What starts one of this project's programs."""

_NOTICE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class ChildSettings:
    """What a child is started with. `descriptors` are open in it too; `beat_seconds` is as in `environment_for`."""

    name: str
    arguments: Sequence[str]
    descriptors: Sequence[int] = ()
    beat_seconds: int = 0


class Child:
    """One child process, from its start to its end; `ready` is set once it serves, `beats` counts its beats.

    Its standard input stays open as long as this process lives: see signals.stop_with_parent.
    """

    def __init__(self, process: asyncio.subprocess.Process, notices: socket.socket) -> None:
        self.ready = asyncio.Event()
        self.beats = 0
        self.pid = process.pid
        self._process = process
        self._notices = notices
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(notices, self._read_notice)

    @classmethod
    async def start(cls, settings: ChildSettings, notice_path: Path) -> Child:
        """Start one of this project's programs, out of reach of the terminal's own signals."""
        notices = _bound(notice_path)
        try:
            process = await asyncio.create_subprocess_exec(
                *COMMAND,
                *settings.arguments,
                "--supervised",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                env=notifications.environment_for(str(notice_path), settings.beat_seconds),
                pass_fds=settings.descriptors,
                start_new_session=True,
            )
        except BaseException:
            notices.close()
            raise
        return cls(process, notices)

    async def ended(self) -> int:
        """Wait until the child ends and return its exit code."""
        code = await self._process.wait()
        if self._notices.fileno() >= 0:
            self._loop.remove_reader(self._notices)
            self._notices.close()
        return code

    async def stop(self, seconds: float) -> bool:
        """Ask the child to stop, and kill it when that takes longer; return whether it stopped by itself."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(seconds):
                await self.ended()
        except TimeoutError:
            self.kill()
            await self.ended()
            return False
        return True

    def kill(self) -> None:
        """End the child at once."""
        with suppress(ProcessLookupError):
            self._process.kill()

    def _read_notice(self) -> None:
        with suppress(BlockingIOError):
            for notice in self._notices.recv(_NOTICE_BYTES).decode(errors="replace").splitlines():
                self.beats += notice == notifications.BEAT
                if notice == notifications.READY:
                    self.ready.set()


def _bound(path: Path) -> socket.socket:
    """Open the socket that a child's notices come to; what an earlier child sent is not in it."""
    path.unlink(missing_ok=True)
    notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notices.setblocking(False)
    notices.bind(str(path))
    return notices
