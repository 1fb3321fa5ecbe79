"""One upload that begins, takes bytes, and is committed or abandoned."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import grpc
from generic_packages.storage.v1.packages_pb2 import (
    BeginPublicationRequest,
    CommitPublicationRequest,
    PackageFile,
)

from reference_server.content.digests import ContentSummary
from reference_server.contract.crash_points import CrashPoint, reached
from reference_server.contract.failure import Failure, Reason
from reference_server.contract.limits import SMALL_OPERATION_SECONDS
from reference_server.contract.status import TransportFailure
from reference_server.frontend.carriers.interface import ContentWriter
from reference_server.frontend.http.metrics import UploadPhase
from reference_server.frontend.server_context import ServerContext
from reference_server.frontend.storage_link.calls import SingleCalls

# The commit waits for the volume to sync what is left of the content.
_COMMIT_SECONDS = 120.0
_COMMIT_ATTEMPTS = 3
_COMMIT_PAUSE_SECONDS = 0.2


class LargeUpload:
    """Raises Failure or TransportFailure from every step but `abandon`."""

    def __init__(self, server: ServerContext, request: BeginPublicationRequest, request_id: str) -> None:
        self._server = server
        self._request = request
        self._request_id = request_id
        self._upload_id = ""
        self._maximum_bytes = 0
        self._received_bytes = 0
        self._bytes_since = 0.0
        self._writer: ContentWriter | None = None
        self._over = False

    async def begin(self) -> None:
        """Ask for permission and open the way for the bytes."""
        with self._phase("permission"):
            permission = await self._server.operations.begin_publication(
                self._request, request_id=self._request_id, seconds=SMALL_OPERATION_SECONDS
            )
        self._upload_id = permission.upload_id
        self._maximum_bytes = permission.maximum_bytes
        self._writer = self._server.carriers.open_writer(permission, request_id=self._request_id)
        self._bytes_since = time.monotonic()
        reached(CrashPoint.FRONTEND_PUBLISH_PERMITTED)

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self._received_bytes += len(chunk)
        if self._received_bytes > self._maximum_bytes:
            raise Failure(Reason.FILE_TOO_LARGE, "the body grew over the limit", maximum_bytes=str(self._maximum_bytes))
        await self._open_writer.write(chunk)
        reached(CrashPoint.FRONTEND_PUBLISH_WRITTEN)

    async def commit(self) -> PackageFile:
        """Make the upload the newest file. Safe to repeat, so a broken stream does not lose a body that has arrived."""
        summary = await self._open_writer.complete()
        self._server.metrics.count_phase("bytes", time.monotonic() - self._bytes_since)
        reached(CrashPoint.FRONTEND_PUBLISH_ARRIVED)
        with self._phase("commit"):
            return await self._commit_repeatedly(summary)

    async def _commit_repeatedly(self, summary: ContentSummary) -> PackageFile:
        """Send the commit until the storage answers, a few times."""
        for attempt in range(1, _COMMIT_ATTEMPTS + 1):
            try:
                record = await self._commit(summary)
            except TransportFailure as failure:
                if failure.code is not grpc.StatusCode.UNAVAILABLE or attempt == _COMMIT_ATTEMPTS:
                    raise
                await asyncio.sleep(_COMMIT_PAUSE_SECONDS * attempt)
            else:
                self._over = True
                self._server.verified.note(record.sha256)  # it was hashed on its way
                return record
        raise AssertionError("the last attempt returns or raises")

    async def abandon(self) -> None:
        """Let go of everything here and, as far as it can be told, in the storage."""
        if self._over:
            return
        self._over = True
        if self._writer is not None:
            self._writer.abandon()
        if self._upload_id:
            await abandon(self._server.calls, self._upload_id, request_id=self._request_id)

    async def _commit(self, summary: ContentSummary) -> PackageFile:
        """Send the commit once."""
        answer = await self._server.operations.commit_publication(
            CommitPublicationRequest(
                upload_id=self._upload_id,
                size=summary.size,
                sha256=summary.sha256,
                md5=summary.md5,
                sha1=summary.sha1,
            ),
            request_id=self._request_id,
            seconds=_COMMIT_SECONDS,
        )
        return answer.package_file

    @contextmanager
    def _phase(self, phase: UploadPhase) -> Iterator[None]:
        """Count how long a phase takes that goes through."""
        begun = time.monotonic()
        yield
        self._server.metrics.count_phase(phase, time.monotonic() - begun)

    @property
    def _open_writer(self) -> ContentWriter:
        """The writer, which permission has opened."""
        if self._writer is None:
            raise TransportFailure(grpc.StatusCode.FAILED_PRECONDITION, "bytes before permission")
        return self._writer


async def abandon(calls: SingleCalls, upload_id: str, *, request_id: str) -> None:
    """End an upload in the storage, as far as it can be told: it ends by itself when nothing comes for long."""
    with suppress(Failure, TransportFailure):
        await calls.abandon_publication(upload_id, request_id=request_id)
