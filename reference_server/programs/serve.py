"""The whole server: a supervisor that starts a storage and its front ends as processes of their own."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import structlog

from reference_server.contract import logs
from reference_server.programs.children import READY, Child
from reference_server.programs.listening import open_sockets, url_of
from reference_server.programs.refusals import SilentExitError, StartRefusedError
from reference_server.programs.signals import stop_event

# Known here as text, because prometheus_client must not be imported before it is set.
_METRICS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_STORAGE_STOP_SECONDS = 15.0
_BEYOND_GRACE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """What the whole server is told."""

    data: Path
    host: str
    port: int
    workers: int
    root_token_file: Path | None
    gitlab: str
    feature: Sequence[str]
    legacy_digests: bool
    max_file_size: int
    trash_days: int
    carrier: Literal["auto", "streamed"]
    grace_seconds: int
    log_level: logs.Level
    emulate: Sequence[str]


def run(settings: ServeSettings) -> None:
    """Serve until asked to stop. Raises StartRefusedError, or SilentExitError when a child has said why it ended."""
    logs.configure(level=settings.log_level)
    sockets = open_sockets(settings.host, settings.port, settings.workers)
    with tempfile.TemporaryDirectory(prefix="generic-packages-") as folder:
        asyncio.run(_Supervisor(settings, Path(folder)).serve(sockets))


class _Supervisor:
    """Starts the children, waits for the first of them to end or for a signal, and stops them in order."""

    def __init__(self, settings: ServeSettings, run_folder: Path) -> None:
        self._settings = settings
        self._address = f"unix:{run_folder / 'storage.sock'}"
        metrics = run_folder / "metrics"
        metrics.mkdir()
        self._environment = {**os.environ, _METRICS_VARIABLE: str(metrics)}
        self._storage: Child | None = None
        self._front_ends: list[Child] = []

    async def serve(self, sockets: Sequence[socket.socket]) -> None:
        """Run everything until a signal comes."""
        stop = stop_event()
        url = url_of(sockets[0])
        try:
            await self._start(sockets)
            stopping = asyncio.create_task(stop.wait())
            endings = {asyncio.create_task(child.ended()): child for child in self._children}
            readiness = asyncio.create_task(self._all_ready())
            await asyncio.wait([stopping, readiness, *endings], return_when=asyncio.FIRST_COMPLETED)
            if readiness.done() and readiness.result():
                sys.stdout.write(f"{READY}{url}\n")
                sys.stdout.flush()
                await asyncio.wait([stopping, *endings], return_when=asyncio.FIRST_COMPLETED)
            if not stop.is_set():
                await self._explain(endings, was_ready=readiness.done() and readiness.result())
        finally:
            await self._stop()

    async def _start(self, sockets: Sequence[socket.socket]) -> None:
        """Start the storage and a front end for each socket, and keep no socket here."""
        self._storage = await Child.start("storage", self._storage_arguments(), environment=self._environment)
        for number, listening in enumerate(sockets, 1):
            child = await Child.start(
                f"front end {number}",
                self._front_end_arguments(listening),
                environment=self._environment,
                descriptors=[listening.fileno()],
            )
            self._front_ends.append(child)
        for listening in sockets:
            listening.close()

    async def _all_ready(self) -> bool:
        """Wait until every front end serves, and with them the storage that they waited for; False when one ended."""
        return all(await asyncio.gather(*(child.ready() for child in self._front_ends)))

    async def _explain(self, endings: dict[asyncio.Task[int], Child], *, was_ready: bool) -> None:
        """Say which child ended when it should not; one that refused to start has said why itself."""
        await asyncio.wait(endings, return_when=asyncio.FIRST_COMPLETED)
        ending, child = next((task, child) for task, child in endings.items() if task.done())
        code = ending.result()
        if not was_ready and code > 0:
            raise SilentExitError(code)
        raise StartRefusedError(
            f"the {child.name} process ended unexpectedly ({_how(code)}): see the log lines before this"
        )

    async def _stop(self) -> None:
        """Let the front ends finish what they do, then stop the storage, which they need for it."""
        front_end_seconds = self._settings.grace_seconds + _BEYOND_GRACE_SECONDS
        codes = await asyncio.gather(*(child.stop(front_end_seconds) for child in self._front_ends))
        if self._storage is not None:
            codes.append(await self._storage.stop(_STORAGE_STOP_SECONDS))
        if -signal.SIGKILL in codes:
            structlog.get_logger().warning("a process did not stop in time and was ended", exit_codes=codes)

    @property
    def _children(self) -> list[Child]:
        """Everything that was started."""
        return [*([self._storage] if self._storage else []), *self._front_ends]

    def _storage_arguments(self) -> list[str]:
        """Hand the storage's part of the settings on."""
        settings = self._settings
        arguments = ["storage", "--data", str(settings.data), "--listen", self._address]
        arguments += [f"--feature={feature}" for feature in settings.feature]
        arguments += ["--gitlab", settings.gitlab, "--max-file-size", str(settings.max_file_size)]
        arguments += ["--trash-days", str(settings.trash_days)]
        arguments += ["--log-level", settings.log_level]
        if settings.root_token_file is not None:
            arguments += ["--root-token-file", str(settings.root_token_file)]
        if settings.legacy_digests:
            arguments.append("--legacy-digests")
        return [*arguments, *self._emulated()]

    def _front_end_arguments(self, listening: socket.socket) -> list[str]:
        """Hand a front end's part of the settings on."""
        arguments = ["frontend", "--storage", self._address, "--carrier", self._settings.carrier]
        arguments += ["--grace-seconds", str(self._settings.grace_seconds), "--log-level", self._settings.log_level]
        return [*arguments, *self._emulated(), "--descriptor", str(listening.fileno())]

    def _emulated(self) -> list[str]:
        """Hand on which deployments to imitate."""
        return [f"--emulate={names}" for names in self._settings.emulate]


def _how(code: int) -> str:
    """Say how a process ended."""
    return f"signal {-code}" if code < 0 else f"exit code {code}"
