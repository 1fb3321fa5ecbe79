"""One front-end process."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import structlog
import uvloop

from reference_server.contract import emulations, logs
from reference_server.contract.addresses import Address
from reference_server.contract.mutual_tls import MutualTls
from reference_server.contract.status import TransportFailure
from reference_server.frontend.application import FrontEnd, FrontEndOptions
from reference_server.frontend.http.acceptor import DEFAULT_MOST_CONNECTIONS
from reference_server.frontend.http.client_address import TrustedProxies
from reference_server.programs.descriptors import allow_descriptors
from reference_server.programs.link_security import read_link_security
from reference_server.programs.listening import open_sockets, url_of
from reference_server.programs.notifications import beating, say_ready, say_stopping
from reference_server.programs.refusals import StartRefusedError
from reference_server.programs.signals import stop_event

# A front end that waits for its storage longer than this says so.
_SILENT_SECONDS = 1.0
_STORAGE_START_SECONDS = 30.0
# One that a supervisor started: it starts the storage too, whose start may bring large metadata to a newer format.
_SUPERVISED_START_SECONDS = 24 * 60 * 60.0


@dataclass(frozen=True, slots=True)
class FrontEndSettings:
    """What one front-end process is told. With `descriptor` it serves a socket that it was given, already listening."""

    storage: Address
    host: str
    port: int
    external_url: str | None
    carrier: Literal["auto", "streamed"]
    grace_seconds: int
    log_level: logs.Level
    trusted_proxy: Sequence[str]
    emulate: Sequence[str]
    descriptor: int | None
    max_connections: int = DEFAULT_MOST_CONNECTIONS
    link_certificate: Path | None = None
    link_key: Path | None = None
    link_authority: Path | None = None


def run(settings: FrontEndSettings) -> None:
    """Serve until asked to stop. Raises StartRefusedError, UsageRefusedError."""
    tls = read_link_security(settings.storage, settings.link_certificate, settings.link_key, settings.link_authority)
    logs.configure(level=settings.log_level)
    logs.route_library_logs()
    allow_descriptors()
    uvloop.run(_serve(settings, tls))


async def _serve(settings: FrontEndSettings, tls: MutualTls | None) -> None:
    """Start, say so, wait, drain."""
    stop = stop_event()
    listening = _listening(settings)
    front_end = FrontEnd(
        FrontEndOptions(
            settings.storage,
            settings.carrier,
            storage_start_seconds=_STORAGE_START_SECONDS if settings.descriptor is None else _SUPERVISED_START_SECONDS,
            external_url=settings.external_url,
            trusted_proxies=TrustedProxies.named(*settings.trusted_proxy),
            emulations=emulations.read(*settings.emulate),
            most_connections=settings.max_connections,
            tls=tls,
        )
    )
    async with beating():
        if await _started(front_end, listening, settings, stop):
            say_ready(url_of(listening))
            await stop.wait()
            say_stopping()
            if not await front_end.stop(settings.grace_seconds):
                structlog.get_logger().warning("requests were cut off", grace_seconds=settings.grace_seconds)


async def _started(
    front_end: FrontEnd, listening: socket.socket, settings: FrontEndSettings, stop: asyncio.Event
) -> bool:
    """Start, unless asked to stop meanwhile. Whoever handed a socket over starts the storage too, and needs no word."""
    starting = asyncio.create_task(front_end.start(listening))
    stopping = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait([starting, stopping], timeout=_SILENT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    if not done:
        if settings.descriptor is None:
            structlog.get_logger().info("waiting for the storage", address=settings.storage.target)
        await asyncio.wait([starting, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not starting.done():
        starting.cancel()
        return False
    try:
        await starting
    except TransportFailure as failure:
        raise StartRefusedError(
            f"no storage answers at {settings.storage.target} ({failure.code.name}): start one with the storage program"
        ) from None
    return True


def _listening(settings: FrontEndSettings) -> socket.socket:
    """Take the socket that was handed over, or open one."""
    if settings.descriptor is not None:
        listening = socket.socket(fileno=settings.descriptor)
    else:
        (listening,) = open_sockets(settings.host, settings.port, 1)
    listening.setblocking(False)
    return listening
