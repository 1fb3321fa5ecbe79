"""The whole server: a supervisor that keeps a storage and its front ends alive, as processes of their own."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, NoReturn

import structlog

from reference_server.contract import logs
from reference_server.programs.backoff import RESTART_LIMITS
from reference_server.programs.children import ChildSettings
from reference_server.programs.listening import open_sockets, url_of
from reference_server.programs.notifications import beating, say_ready, say_stopping
from reference_server.programs.restart_metrics import RestartMetrics
from reference_server.programs.signals import stop_event
from reference_server.programs.supervision import SupervisedProcess

_STORAGE_STOP_SECONDS = 15.0
_BEYOND_GRACE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """What the whole server is told."""

    data: Path
    host: str
    port: int
    workers: int
    external_url: str | None
    root_token_file: Path | None
    gitlab: str
    feature: Sequence[str]
    legacy_digests: bool
    max_file_size: int
    trash_days: int
    carrier: Literal["auto", "streamed"]
    max_connections: int
    grace_seconds: int
    hang_seconds: int
    log_level: logs.Level
    failed_authentications: int
    trusted_proxy: Sequence[str]
    emulate: Sequence[str]


def run(settings: ServeSettings) -> None:
    """Serve until asked to stop.

    Raise StartRefusedError, or SilentExitError when a process has said why it does not start; ServiceEndedError when
    one cannot be kept alive.
    """
    logs.configure(level=settings.log_level)
    sockets = open_sockets(settings.host, settings.port, settings.workers)
    with tempfile.TemporaryDirectory(prefix="generic-packages-") as folder:
        asyncio.run(_Supervisor(settings, sockets, Path(folder)).serve())


class _Supervisor:
    """Starts the processes, keeps them alive until a signal comes, and stops them in order.

    It keeps the listening sockets open too: connections to a front end that is not there wait for the next one.
    """

    def __init__(self, settings: ServeSettings, sockets: Sequence[socket.socket], run_folder: Path) -> None:
        self._settings = settings
        self._sockets = sockets
        self._run_folder = run_folder
        self._address = f"unix:{run_folder / 'storage.sock'}"
        self._metrics = RestartMetrics(_made(run_folder / "metrics"))
        self._notices = _made(run_folder / "notices")
        self._established = asyncio.Event()
        self._storage = self._supervised(0, ChildSettings("storage", self._storage_arguments()))
        self._front_ends = [
            self._supervised(
                number,
                ChildSettings(f"front end {number}", self._front_end_arguments(listening), [listening.fileno()]),
            )
            for number, listening in enumerate(sockets, 1)
        ]

    async def serve(self) -> None:
        """Run everything until a signal comes. Raise as SupervisedProcess.keep does."""
        stop = stop_event()
        keeping = [asyncio.create_task(process.keep()) for process in (self._storage, *self._front_ends)]
        telling = asyncio.create_task(self._tell_ready())
        stopping = asyncio.create_task(stop.wait())
        try:
            async with beating():
                await asyncio.wait([stopping, *keeping], return_when=asyncio.FIRST_COMPLETED)
                say_stopping()
                await _cancel(telling, *keeping)
                await self._stop()
        finally:
            await _cancel(telling, stopping, *keeping)
        if not stop.is_set():
            _raise_first(keeping)

    async def _tell_ready(self) -> None:
        """Say that the server serves once every process does. From then on a process that ends is started again."""
        await asyncio.gather(*(process.ready.wait() for process in (self._storage, *self._front_ends)))
        self._established.set()
        say_ready(url_of(self._sockets[0]))

    async def _stop(self) -> None:
        """Let the front ends finish what they do, then stop the storage, which they need for it."""
        for listening in self._sockets:
            listening.close()
        front_end_seconds = self._settings.grace_seconds + _BEYOND_GRACE_SECONDS
        stopped = await asyncio.gather(*(process.stop(front_end_seconds) for process in self._front_ends))
        stopped.append(await self._storage.stop(_STORAGE_STOP_SECONDS))
        if not all(stopped):
            structlog.get_logger().warning("a process did not stop in time and was ended")

    def _supervised(self, number: int, settings: ChildSettings) -> SupervisedProcess:
        return SupervisedProcess(
            replace(settings, beat_seconds=self._settings.hang_seconds),
            self._notices / str(number),
            established=self._established,
            limits=RESTART_LIMITS,
            metrics=self._metrics,
        )

    def _storage_arguments(self) -> list[str]:
        """Hand the storage's part of the settings on."""
        settings = self._settings
        arguments = ["storage", "--data", str(settings.data), "--listen", self._address]
        arguments += [f"--feature={feature}" for feature in settings.feature]
        arguments += ["--gitlab", settings.gitlab, "--max-file-size", str(settings.max_file_size)]
        arguments += ["--trash-days", str(settings.trash_days)]
        arguments += ["--log-level", settings.log_level]
        arguments += ["--failed-authentications", str(settings.failed_authentications)]
        if settings.root_token_file is not None:
            arguments += ["--root-token-file", str(settings.root_token_file)]
        if settings.legacy_digests:
            arguments.append("--legacy-digests")
        return [*arguments, *self._emulated()]

    def _front_end_arguments(self, listening: socket.socket) -> list[str]:
        """Hand a front end's part of the settings on."""
        arguments = ["frontend", "--storage", self._address, "--carrier", self._settings.carrier]
        arguments += ["--max-connections", str(self._settings.max_connections)]
        arguments += ["--grace-seconds", str(self._settings.grace_seconds), "--log-level", self._settings.log_level]
        if self._settings.external_url is not None:
            arguments += ["--external-url", self._settings.external_url]
        arguments += [f"--trusted-proxy={network}" for network in self._settings.trusted_proxy]
        return [*arguments, *self._emulated(), "--descriptor", str(listening.fileno())]

    def _emulated(self) -> list[str]:
        """Hand on which deployments to imitate."""
        return [f"--emulate={names}" for names in self._settings.emulate]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def _cancel(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait until they are over."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _raise_first(tasks: Sequence[asyncio.Task[NoReturn]]) -> None:
    """Raise what ended the first task that was not cancelled."""
    for task in tasks:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            raise error
