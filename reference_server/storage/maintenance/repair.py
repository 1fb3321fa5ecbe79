"""Mending what a verification found, on data that no server uses."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from reference_server.storage.blobs.store import BlobStore
from reference_server.storage.maintenance.copying import copy_content
from reference_server.storage.maintenance.verification import Damage, Finding, Verification
from reference_server.storage.metadata.rows import BlobRow


class Remedy(enum.StrEnum):
    """What became of damaged content."""

    FROM_TRASH = "brought back from the trash"
    FROM_BACKUP = "copied from the backup"
    SET_ASIDE = "set aside"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class BackupContent:
    """The content of a backup: its volume, and a function that returns what its metadata hold, or None."""

    store: BlobStore
    in_metadata: Callable[[bytes], bytes | None]


@dataclass(frozen=True, slots=True)
class Repair:
    """Mends content with what is in the trash and, if there is one, a backup.

    What cannot be mended is set aside: it is not served any more, and the next publication stores it again.
    """

    verification: Verification
    backup: BackupContent | None

    def mend(self, finding: Finding) -> Remedy:
        """Mend content. Raise VOLUME_FULL, OSError."""
        row = finding.row
        if row.on_volume and finding.damage != Damage.MISSING:
            self.verification.store.set_damaged_aside(row.sha256)
        if row.on_volume and self._comes_back(row):
            return Remedy.FROM_TRASH
        if self.backup is not None and self._is_copied(row, self.backup):
            return Remedy.FROM_BACKUP
        if not row.on_volume:
            self._replace_in_metadata(row, None)
        return Remedy.NONE if finding.damage == Damage.MISSING else Remedy.SET_ASIDE

    def _comes_back(self, row: BlobRow) -> bool:
        """Bring content back from the trash, unless that is damaged too."""
        store = self.verification.store
        try:
            store.bring_back(row.sha256)
        except KeyError:
            return False
        if self.verification.damage(row) is None:
            return True
        store.set_damaged_aside(row.sha256)
        return False

    def _is_copied(self, row: BlobRow, backup: BackupContent) -> bool:
        """Copy content from the part of a backup that has it undamaged, if one does."""
        content = backup.in_metadata(row.sha256)
        if content is not None and hashlib.sha256(content).digest() == row.sha256:
            self._replace_in_metadata(row, content)
            return True
        verification = self.verification
        return row.on_volume and copy_content(row, backup.store, verification.store, verification.pace) is None

    def _replace_in_metadata(self, row: BlobRow, content: bytes | None) -> None:
        metadata = self.verification.metadata
        with metadata.database.transaction():
            metadata.blobs.replace_content(row.sha256, content)
