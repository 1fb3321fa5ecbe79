"""Content by its SHA-256: the bytes of small content, and that large content lies on the volume."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peewee import ModelSelect, fn

from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import Blob, PackageFile
from reference_server.storage.metadata.rows import BlobRow


@dataclass(frozen=True, slots=True)
class BlobRepository:
    """The rows of content."""

    database: Database

    def exists(self, sha256: bytes) -> bool:
        """Return whether content is recorded, in the metadata or on the volume."""
        return self.database.one(self.database.statements.blob_exists, (sha256,)) is not None

    def insert(self, sha256: bytes, size: int, content: bytes | None) -> None:
        """Record content, unless it is recorded; None for a file on the volume.

        Bytes that the metadata have lost are recorded again.
        """
        self.database.run(self.database.statements.insert_blob, (sha256, size, content))

    def next_after(self, sha256: bytes, limit: int) -> list[BlobRow]:
        """Return the rows that follow a digest, in the order of digests; no bytes come before the first."""
        columns = (Blob.sha256, Blob.size, Blob.content.is_null())
        query = Blob.select(*columns).where(Blob.sha256 > sha256).order_by(Blob.sha256).limit(limit)
        return [BlobRow(bytes(found), size, bool(on_volume)) for found, size, on_volume in self._tuples(query)]

    def totals(self) -> tuple[int, int]:
        """Return how many contents are recorded, and their bytes in sum."""
        ((contents, size),) = self._tuples(Blob.select(fn.COUNT(Blob.sha256), fn.COALESCE(fn.SUM(Blob.size), 0)))
        return int(contents), int(size)

    def content(self, sha256: bytes) -> bytes | None:
        """Return content that is kept in the metadata, None where it is not."""
        found = self._tuples(Blob.select(Blob.content).where(Blob.sha256 == sha256))
        return None if not found or found[0][0] is None else bytes(found[0][0])

    def replace_content(self, sha256: bytes, content: bytes | None) -> None:
        """Replace bytes that are kept in the metadata; with None they are missing until the next publication."""
        self.database.change(Blob.update(content=content).where(Blob.sha256 == sha256))

    def _tuples(self, query: ModelSelect[Blob]) -> list[Any]:
        return self.database.rows(query.tuples())

    def delete_unreferenced(self, sha256: bytes) -> bool:
        """Delete a row to which no file refers; return whether its content lies on the volume and is free now."""
        if self.database.exists(PackageFile.select(PackageFile.id).where(PackageFile.sha256 == sha256)):
            return False
        (on_volume,) = self.database.first(Blob.select(Blob.content.is_null()).where(Blob.sha256 == sha256).tuples())
        self.database.change(Blob.delete().where(Blob.sha256 == sha256))
        return bool(on_volume)
