"""The storage program: opens the data directory, serves it over gRPC, and drains when told to stop."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import structlog
import uvloop

from reference_server.content.pipeline import ContentPipeline
from reference_server.contract import logs
from reference_server.contract.addresses import Address
from reference_server.contract.limits import MAXIMUM_FILE_BYTES
from reference_server.programs.data_parts import bind, check_new_metadata, check_volume
from reference_server.programs.refusals import StartRefusedError
from reference_server.storage.identity.root_token import RootTokenFileError, ensure_root_token
from reference_server.storage.metadata.sqlite.database import Database, DatabaseUnusableError, damage_explained
from reference_server.storage.metadata.sqlite.migrations import SchemaTooNewError, is_new, migrate
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rooms import Rooms, Rules, furnish
from reference_server.storage.rules.editions import EditionName, edition
from reference_server.storage.service.server import AddressUnusableError, StorageServer

_SWITCH_SECONDS = 0.001  # a thread that has waited for the disk gets the interpreter back sooner than by default
_METADATA = "metadata.sqlite3"
_VOLUME = "volume"
_FOR_THE_OPERATOR = (DatabaseUnusableError, SchemaTooNewError, RootTokenFileError, AddressUnusableError)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """What the storage is told: where its data lies, where it serves, its rules. Sizes are bytes, times seconds."""

    data: Path
    listen: Address
    edition: EditionName = "current"
    legacy_digests: bool = False
    root_token_file: Path | None = None
    max_file_size: int = MAXIMUM_FILE_BYTES
    log_level: logs.Level = "info"
    drain_seconds: float = 10.0


def run(settings: StorageSettings) -> None:
    """Serve until SIGTERM or SIGINT, then drain. Raises StartRefusedError.

    The data directory is the caller's to mark and to lock.
    """
    logs.configure(level=settings.log_level)
    logs.route_library_logs()
    sys.setswitchinterval(_SWITCH_SECONDS)
    uvloop.run(_run_until_told(settings))


async def _run_until_told(settings: StorageSettings) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    async with serving(settings) as address:
        log = structlog.get_logger()
        log.info("storage serves", address=address.target)
        await told.wait()
        log.info("storage drains")
    log.info("storage stopped")


@asynccontextmanager
async def serving(settings: StorageSettings) -> AsyncIterator[Address]:
    """Serve as long as the context lasts; gives the address, with the port that the system chose for port 0.

    Raises StartRefusedError.
    """
    _told_simply(lambda: settings.data.mkdir(mode=0o750, parents=True, exist_ok=True))
    check_volume(settings.data / _METADATA, settings.data / _VOLUME)
    # Before the metadata, so that a first start that is cut off in between does not look like a lost volume.
    _told_simply(lambda: (settings.data / _VOLUME).mkdir(mode=0o750, exist_ok=True))
    reading, writing = _told_simply(lambda: _open_metadata(settings))
    writer = Writer(writing)
    rules = Rules(edition(settings.edition), settings.max_file_size, settings.legacy_digests)
    volume = settings.data / _VOLUME
    with closing(ContentPipeline()) as pipeline:
        try:
            rooms = _told_simply(
                lambda: furnish(reading=reading, writer=writer, volume=volume, pipeline=pipeline, rules=rules)
            )
            async with _server(rooms, settings.listen, settings.drain_seconds) as bound:
                yield bound
        finally:
            await writer.close()
            reading.close()
            writing.close()


@asynccontextmanager
async def _server(rooms: Rooms, address: Address, drain_seconds: float) -> AsyncIterator[Address]:
    """Serve the rooms, with their housekeeping."""
    server = _told_simply(lambda: StorageServer(rooms, address))
    housekeeping = asyncio.create_task(rooms.housekeeping.run(), name="housekeeping")
    await server.start()
    try:
        yield server.address
    finally:
        await server.stop(drain_seconds)
        housekeeping.cancel()
        await asyncio.gather(housekeeping, return_exceptions=True)
        await rooms.housekeeping.garbage_collector.settle(drain_seconds)


def _open_metadata(settings: StorageSettings) -> tuple[Database, Database]:
    """Open the metadata twice, to read and to write, with the schema and the administrator that are wanted."""
    path = settings.data / _METADATA
    writing = Database(path)
    with damage_explained(path):
        if is_new(writing):
            check_new_metadata(path, settings.data / _VOLUME)
        migrate(writing)
        bind(writing, settings.data / _VOLUME)
        if settings.root_token_file is not None:
            ensure_root_token(writing, settings.root_token_file)
    return Database(path), writing


def _told_simply(attempt: Callable[[], Result]) -> Result:
    """Turn what an operator can mend into StartRefusedError."""
    try:
        return attempt()
    except OSError as error:
        sentence = f"{error.filename}: {error.strerror}; make it a folder that this user can write"
        raise StartRefusedError(sentence) from error
    except _FOR_THE_OPERATOR as error:
        raise StartRefusedError(str(error)) from error
