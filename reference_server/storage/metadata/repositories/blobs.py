"""Content by its SHA-256: the bytes of small content, and that large content lies on the volume."""

from __future__ import annotations

from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import Blob, PackageFile


class BlobRepository:
    """The rows of content."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def exists(self, sha256: bytes) -> bool:
        """Return whether content is recorded, in the metadata or on the volume."""
        return self._database.one(self._database.statements.blob_exists, (sha256,)) is not None

    def insert(self, sha256: bytes, size: int, content: bytes | None) -> None:
        """Record content, unless it is recorded; None for a file on the volume."""
        self._database.run(self._database.statements.insert_blob, (sha256, size, content))

    def delete_unreferenced(self, sha256: bytes) -> bool:
        """Delete a row to which no file refers; return whether its content lies on the volume and is free now."""
        if self._database.first(PackageFile.select(PackageFile.id).where(PackageFile.sha256 == sha256).limit(1)):
            return False
        (on_volume,) = self._database.first(Blob.select(Blob.content.is_null()).where(Blob.sha256 == sha256).tuples())
        self._database.change(Blob.delete().where(Blob.sha256 == sha256))
        return bool(on_volume)
