"""Content by its SHA-256: the bytes of small content, and that large content lies on the volume."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import Blob, PackageFile


@dataclass(frozen=True, slots=True)
class BlobRepository:
    """The rows of content."""

    database: Database

    def exists(self, sha256: bytes) -> bool:
        """Return whether content is recorded, in the metadata or on the volume."""
        return self.database.one(self.database.statements.blob_exists, (sha256,)) is not None

    def insert(self, sha256: bytes, size: int, content: bytes | None) -> None:
        """Record content, unless it is recorded; None for a file on the volume."""
        self.database.run(self.database.statements.insert_blob, (sha256, size, content))

    def delete_unreferenced(self, sha256: bytes) -> bool:
        """Delete a row to which no file refers; return whether its content lies on the volume and is free now."""
        if self.database.exists(PackageFile.select(PackageFile.id).where(PackageFile.sha256 == sha256)):
            return False
        (on_volume,) = self.database.first(Blob.select(Blob.content.is_null()).where(Blob.sha256 == sha256).tuples())
        self.database.change(Blob.delete().where(Blob.sha256 == sha256))
        return bool(on_volume)
