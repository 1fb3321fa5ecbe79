"""Taking the content of an upload that comes through the storage, piece by piece."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from reference_server.content.digests import ContentSummary
from reference_server.content.pipeline import ContentPipeline
from reference_server.storage.blobs.store import BlobStore
from reference_server.storage.packages.publishing import Publishing, check_size
from reference_server.storage.packages.uploads import Stage, Upload, Uploads


@dataclass(frozen=True, slots=True)
class ContentReceiver:
    """Fills the staging files of uploads."""

    uploads: Uploads
    store: BlobStore
    publishing: Publishing
    pipeline: ContentPipeline

    async def receive(self, upload: Upload, pieces: AsyncIterator[bytes]) -> ContentSummary:
        """Take all of an upload's content, which must be awaited; what fails or breaks off ends the upload.

        Raises FILE_TOO_LARGE, VOLUME_FULL, and what the iterator raises.
        """
        file = self.store.write_staged(upload.id)
        writer = self.pipeline.open(file, legacy_digests=self.publishing.legacy_digests)
        upload.stage = Stage.COMING
        try:
            with self.pipeline.budget.joined():
                async for piece in pieces:
                    check_size(writer.size + len(piece), upload.maximum_bytes)
                    self.uploads.touch(upload)
                    await writer.write(piece)
                    del piece  # or it would be held while the next one is awaited
            upload.received = await writer.finish()
            upload.stage = Stage.RECEIVED
        except BaseException:
            self.uploads.end(upload.id)
            raise
        finally:
            writer.close()
        return upload.received
