"""UploadSession sessions: publications that were begun and are not over, where each stands, and when it is given up."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import secrets
import time
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from reference_server.content.digests import ContentSummary
from reference_server.contract.crash_points import CrashPoint, reached
from reference_server.contract.failure import Failure, Reason
from reference_server.contract.limits import UPLOAD_IDLE_SECONDS
from reference_server.storage.access.callers import Caller
from reference_server.storage.blobs.store import BlobStore
from reference_server.storage.metadata.rows import PackageFileRow
from reference_server.storage.packages.publications import Publication

_ID_BYTES = 16
_OPEN_AT_A_TIME = 4096
_ANSWERS_KEPT = 2_000  # a front end asks again within a second, and each holds some kilobytes


class Stage(enum.Enum):
    """How far the bytes of an upload have come."""

    AWAITED = enum.auto()
    COMING = enum.auto()
    RECEIVED = enum.auto()


@dataclass(slots=True)
class UploadSession:
    """One begun upload; `received` is None until all content has come through the storage.

    `touched_at` is when something last came, by the sessions' clock, `seen_bytes` what was staged then.
    `authenticate` returns who began it, as long as its credential is worth something; `asker` tells credentials apart.
    `declared_bytes` is 0 where the size is not known.
    """

    id: str
    publication: Publication
    authenticate: Callable[[], Caller] = field(repr=False)
    shares_volume: bool
    maximum_bytes: int
    touched_at: float
    seen_bytes: int = 0
    stage: Stage = Stage.AWAITED
    received: ContentSummary | None = None
    commit: asyncio.Task[PackageFileRow] | None = field(default=None, repr=False)
    asker: Hashable = None
    declared_bytes: int = 0


class UploadSessions:
    """The begun uploads, by id; `declared_bytes` is the sum of all sizes declared.

    `clock` gives seconds that nobody sets, unlike the time of day.
    """

    def __init__(self, store: BlobStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._uploads: dict[str, UploadSession] = {}
        self._committed: dict[str, UploadSession] = {}
        self._open: Counter[Hashable] = Counter()
        self.declared_bytes = 0

    def begin(
        self,
        publication: Publication,
        authenticate: Callable[[], Caller],
        *,
        maximum_bytes: int,
        shares_volume: bool,
        asker: Hashable = None,
        declared_bytes: int = 0,
    ) -> UploadSession:
        """Begin an upload and make its staging file.

        Raise OVERLOADED when too many are open, or this asker has more of them than are left; VOLUME_FULL.
        """
        if self._open[asker] >= _OPEN_AT_A_TIME - len(self._uploads):
            raise Failure(Reason.OVERLOADED, "too many uploads are open", retry_after_seconds="10")
        upload = UploadSession(
            secrets.token_hex(_ID_BYTES),
            publication,
            authenticate,
            shares_volume,
            maximum_bytes,
            self._clock(),
            asker=asker,
            declared_bytes=declared_bytes,
        )
        self._store.stage(upload.id)
        reached(CrashPoint.STORAGE_PUBLISH_STAGED)
        self._uploads[upload.id] = upload
        self._open[asker] += 1
        self.declared_bytes += declared_bytes
        return upload

    @property
    def open_uploads(self) -> int:
        """How many uploads are begun and not over."""
        return len(self._uploads)

    def find(self, upload_id: str) -> UploadSession:
        """Return an upload that is open or was committed lately. Raise UPLOAD_NOT_FOUND."""
        upload = self._uploads.get(upload_id) or self._committed.get(upload_id)
        if upload is None:
            raise Failure(Reason.UPLOAD_NOT_FOUND, "the upload was never begun, or is over")
        return upload

    def touch(self, upload: UploadSession) -> None:
        """Note that something came of an upload."""
        upload.touched_at = self._clock()

    def keep_answer(self, upload: UploadSession) -> None:
        """End a committed upload, but remember its answer until many more were committed."""
        self.end(upload.id)
        self._committed[upload.id] = upload
        if len(self._committed) > _ANSWERS_KEPT:
            del self._committed[next(iter(self._committed))]

    def end(self, upload_id: str) -> None:
        """End an upload, if it is not over, and free what it staged."""
        upload = self._uploads.pop(upload_id, None)
        if upload is not None:
            self.declared_bytes -= upload.declared_bytes
            self._open[upload.asker] -= 1
            if not self._open[upload.asker]:
                del self._open[upload.asker]
            self._store.discard(upload_id)

    def awaited_bytes(self) -> Counter[Hashable]:
        """Return how many declared bytes have yet to come, by asker."""
        awaited: Counter[Hashable] = Counter()
        for upload in self._uploads.values():
            if upload.declared_bytes:
                awaited[upload.asker] += max(0, upload.declared_bytes - self._staged_bytes(upload.id))
        return awaited

    def abandon(self, upload_id: str) -> None:
        """End an upload, unless it is being committed."""
        upload = self._uploads.get(upload_id)
        if upload is not None and upload.commit is None:
            self.end(upload_id)

    def end_idle(self) -> int:
        """End the uploads that have seen no byte for too long; return how many."""
        for upload in self._uploads.values():
            self._note_growth(upload)
        idle = [upload.id for upload in self._uploads.values() if self._is_idle(upload)]
        for upload_id in idle:
            self.end(upload_id)
        return len(idle)

    async def discard_strays(self) -> int:
        """Remove staging files that belong to no upload, as a crash leaves them; return how many."""
        staged = await asyncio.to_thread(list, self._store.staged())
        strays = [upload_id for upload_id in staged if upload_id not in self._uploads]
        for upload_id in strays:
            self._store.discard(upload_id)
            reached(CrashPoint.STORAGE_SWEEP_STRAY_REMOVED)
        return len(strays)

    def _staged_bytes(self, upload_id: str) -> int:
        try:
            return self._store.staged_size(upload_id)
        except KeyError:
            return 0

    def _is_idle(self, upload: UploadSession) -> bool:
        return upload.commit is None and upload.touched_at < self._clock() - UPLOAD_IDLE_SECONDS

    def _note_growth(self, upload: UploadSession) -> None:
        """Note bytes that came since the last look; a front end that shares the volume shows them only in the file."""
        with contextlib.suppress(KeyError):
            staged = self._store.staged_size(upload.id)
            if staged != upload.seen_bytes:
                upload.seen_bytes = staged
                self.touch(upload)
