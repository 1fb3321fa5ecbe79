"""The storage program: opens the data directory, serves it over gRPC, and drains when told to stop."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import structlog
import uvloop

from reference_server.content.pipeline import ContentPipeline
from reference_server.contract import emulations, logs
from reference_server.contract.addresses import Address
from reference_server.contract.emulations import Emulation
from reference_server.contract.limits import MAXIMUM_FILE_BYTES
from reference_server.contract.mutual_tls import MutualTls
from reference_server.programs.data_parts import METADATA, VOLUME, bind, check_new_metadata, check_volume
from reference_server.programs.descriptors import allow_descriptors
from reference_server.programs.link_security import read_link_security
from reference_server.programs.notifications import beating, say_ready, say_stopping
from reference_server.programs.options import DEFAULT_FAILED_AUTHENTICATIONS, DEFAULT_TRASH_DAYS
from reference_server.programs.refusals import FAILURE_EXIT, SilentExitError, StartRefusedError
from reference_server.programs.signals import stop_event
from reference_server.storage.blobs.volume_watch import VolumeWatch
from reference_server.storage.emulation.groups_and_projects import ensure_parent_group
from reference_server.storage.identity.root_token import RootTokenFileError, ensure_root_token
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.sqlite.database import DatabaseUnusableError, SqliteDatabase, damage_explained
from reference_server.storage.metadata.sqlite.migrations import SchemaTooNewError, is_new, migrate
from reference_server.storage.metadata.sqlite.space import SqliteSpace
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rules.gitlab import read_gitlab
from reference_server.storage.rules.gitlab_version import NEWEST
from reference_server.storage.service.metrics import StorageMetrics
from reference_server.storage.service.server import AddressUnusableError, StorageServer
from reference_server.storage.wiring import Rules, StorageServices, build_storage

_SWITCH_SECONDS = 0.001  # a thread that has waited for the disk gets the interpreter back sooner than by default
_DAY_SECONDS = 24 * 60 * 60
_FOR_THE_OPERATOR = (DatabaseUnusableError, SchemaTooNewError, RootTokenFileError, AddressUnusableError)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """What the storage is told: where its data lies, where it serves, its rules. Sizes are bytes, times seconds.

    `audited` says whether changes are written to the audit log.
    """

    data: Path
    listen: Address
    gitlab: str = str(NEWEST)
    feature: Sequence[str] = ()
    legacy_digests: bool = False
    root_token_file: Path | None = None
    max_file_size: int = MAXIMUM_FILE_BYTES
    log_level: logs.Level = "info"
    drain_seconds: float = 10.0
    trash_days: int = DEFAULT_TRASH_DAYS
    emulate: Sequence[str] = ()
    failed_authentications: int = DEFAULT_FAILED_AUTHENTICATIONS
    audited: bool = True
    link_certificate: Path | None = None
    link_key: Path | None = None
    link_authority: Path | None = None

    def read_link_security(self) -> MutualTls | None:
        """Return what protects the address to serve on. Raise UsageRefusedError."""
        return read_link_security(self.listen, self.link_certificate, self.link_key, self.link_authority)


@dataclass(frozen=True, slots=True)
class RunningStorage:
    """A storage that serves; `broken` is set when it can no longer write."""

    address: Address
    broken: asyncio.Event


def run(settings: StorageSettings, tls: MutualTls | None) -> None:
    """Serve until SIGTERM or SIGINT, then drain.

    Raise StartRefusedError; SilentExitError when it can no longer write.

    The data directory is the caller's to mark and to lock.
    """
    logs.configure(level=settings.log_level)
    logs.route_library_logs()
    allow_descriptors()
    sys.setswitchinterval(_SWITCH_SECONDS)
    uvloop.run(_run_until_told(settings, tls))


async def _run_until_told(settings: StorageSettings, tls: MutualTls | None) -> None:
    told = stop_event()
    log = structlog.get_logger()
    async with beating(), serving(settings, tls) as storage:
        log.info("storage serves", address=storage.address.target)
        say_ready()
        waiting = [asyncio.create_task(event.wait()) for event in (told, storage.broken)]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        say_stopping()
        log.info("storage drains")
    log.info("storage stopped")
    if storage.broken.is_set():
        raise SilentExitError(FAILURE_EXIT)


@asynccontextmanager
async def serving(settings: StorageSettings, tls: MutualTls | None = None) -> AsyncIterator[RunningStorage]:
    """Serve as long as the context lasts, at an address that has the port that the system chose for port 0.

    Raise StartRefusedError.
    """
    _told_simply(lambda: settings.data.mkdir(mode=0o750, parents=True, exist_ok=True))
    check_volume(settings.data / METADATA, settings.data / VOLUME)
    space = SqliteSpace(settings.data / METADATA)
    space.release_when_full()
    # Before the metadata, so that a first start that is cut off in between does not look like a lost volume.
    _told_simply(lambda: (settings.data / VOLUME).mkdir(mode=0o750, exist_ok=True))
    reading, writing = _told_simply(lambda: _open_metadata(settings))
    writer = Writer(writing, space.release)
    trash_seconds = settings.trash_days * _DAY_SECONDS
    gitlab = read_gitlab(settings.gitlab, settings.feature)
    rules = Rules(
        gitlab=gitlab,
        maximum_bytes=settings.max_file_size,
        legacy_digests=settings.legacy_digests,
        trash_seconds=trash_seconds,
        emulations=emulations.read(*settings.emulate),
        failed_authentications=settings.failed_authentications,
    )
    volume = settings.data / VOLUME
    with closing(ContentPipeline()) as pipeline:
        try:
            services = _told_simply(
                lambda: build_storage(
                    database=reading, writer=writer, volume=volume, pipeline=pipeline, space=space, rules=rules
                )
            )
            _told_simply(services.housekeeping.garbage_collector.bring_back)
            async with _server(services, writer, settings, tls) as address:
                yield RunningStorage(address, writer.ended)
        finally:
            await writer.close()
            reading.close()
            writing.close()


@asynccontextmanager
async def _server(
    services: StorageServices, writer: Writer, settings: StorageSettings, tls: MutualTls | None
) -> AsyncIterator[Address]:
    """Serve, with the storage's housekeeping and metrics, and an eye on its volume."""
    drain_seconds = settings.drain_seconds
    server = _told_simply(lambda: StorageServer(services, settings.listen, tls, audited=settings.audited))
    metrics = StorageMetrics(
        server.call_counts,
        writer=writer,
        uploads=services.uploads.sessions,
        failures=services.failed_authentications,
        volume=settings.data / VOLUME,
    )
    await server.start()
    watch = VolumeWatch(services.volume, lambda there: server.tell(serving=there))
    beside = [
        asyncio.create_task(metrics.run(), name="metrics"),
        asyncio.create_task(services.housekeeping.run(), name="housekeeping"),
        asyncio.create_task(watch.run(), name="volume watch"),
    ]
    try:
        yield server.address
    finally:
        await server.stop(drain_seconds)
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await services.housekeeping.garbage_collector.settle(drain_seconds)


def _open_metadata(settings: StorageSettings) -> tuple[SqliteDatabase, SqliteDatabase]:
    """Open the metadata twice, to read and to write, with the schema and the administrator that are wanted."""
    path = settings.data / METADATA
    writing = SqliteDatabase(path)
    with damage_explained(path):
        if is_new(writing):
            check_new_metadata(path, settings.data / VOLUME)
        migrate(writing)
        bind(writing, settings.data / VOLUME)
        if settings.root_token_file is not None:
            ensure_root_token(Metadata(writing), settings.root_token_file)
            if Emulation.NO_TOP_LEVEL_GROUPS in emulations.read(*settings.emulate):
                ensure_parent_group(Metadata(writing))
    return SqliteDatabase(path), writing


def _told_simply(attempt: Callable[[], Result]) -> Result:
    """Turn what an operator can mend into StartRefusedError."""
    try:
        return attempt()
    except OSError as error:
        sentence = f"{error.filename}: {error.strerror}; make it a folder that this user can write"
        raise StartRefusedError(sentence) from error
    except _FOR_THE_OPERATOR as error:
        raise StartRefusedError(str(error)) from error
