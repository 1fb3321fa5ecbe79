"""Mending what a verification found, on data that no server uses."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from reference_server.storage.blobs.store import BlobStore
from reference_server.storage.maintenance.copying import copy_content
from reference_server.storage.maintenance.verification import Damage, Finding, Verification


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
        if not finding.row.on_volume:
            return self._mend_in_metadata(finding)
        store = self.verification.store
        if finding.damage != Damage.MISSING:
            store.set_damaged_aside(finding.row.sha256)
        if self._comes_back(finding):
            return Remedy.FROM_TRASH
        if self.backup is not None:
            damage = copy_content(finding.row, self.backup.store, store, self.verification.pace)
            if damage is None:
                return Remedy.FROM_BACKUP
        return Remedy.NONE if finding.damage == Damage.MISSING else Remedy.SET_ASIDE

    def _comes_back(self, finding: Finding) -> bool:
        """Bring content back from the trash, unless that is damaged too."""
        store = self.verification.store
        try:
            store.bring_back(finding.row.sha256)
        except KeyError:
            return False
        if self.verification.damage(finding.row) is None:
            return True
        store.set_damaged_aside(finding.row.sha256)
        return False

    def _mend_in_metadata(self, finding: Finding) -> Remedy:
        sha256 = finding.row.sha256
        content = None if self.backup is None else self.backup.in_metadata(sha256)
        if content is not None and hashlib.sha256(content).digest() != sha256:
            content = None
        metadata = self.verification.metadata
        with metadata.database.transaction():
            metadata.blobs.replace_content(sha256, content)
        return Remedy.SET_ASIDE if content is None else Remedy.FROM_BACKUP
