"""Comparing every record of content with its bytes."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from reference_server.storage.blobs.store import BlobStore
from reference_server.storage.maintenance.reading import ContentUnreadableError, Pace, Progress, all_rows, pieces
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.rows import BlobRow

_FILES = 10  # that are named of those with one content


class Damage(enum.StrEnum):
    """How content differs from its record."""

    MISSING = "missing"
    LENGTH = "wrong length"
    BYTES = "wrong bytes"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Finding:
    """Content that is damaged, and some of the files that have it: project, package, version and file name."""

    row: BlobRow
    damage: Damage
    files: list[str]


@dataclass(frozen=True, slots=True)
class Verification:
    """Reads all content of a registry, which may be in use meanwhile."""

    metadata: Metadata
    store: BlobStore
    pace: Pace

    def findings(self, progress: Progress) -> Iterator[Finding]:
        """Read all content that is recorded, and yield what is damaged; what is deleted meanwhile is not."""
        for row in all_rows(self.metadata.blobs):
            damage = self._damage_beside_changes(row)
            if damage is not None:
                files = self.metadata.package_files.names_of(row.sha256, _FILES)
                yield Finding(row, damage, ["/".join(names) for names in files])
            progress.advance(row.size)

    def orphans(self) -> list[bytes]:
        """Return the digests of content on the volume that nothing records.

        A publication may be about to record some of it, so that each is looked at twice.
        """
        found = [sha256 for sha256 in self.store.kept() if not self.metadata.blobs.exists(sha256)]
        return [sha256 for sha256 in found if not self.metadata.blobs.exists(sha256) and self._is_kept(sha256)]

    def damage(self, row: BlobRow) -> Damage | None:
        """Read content and compare it with its record; None where it is as it should be."""
        try:
            return self._damage_on_volume(row) if row.on_volume else self._damage_in_metadata(row)
        except KeyError:
            return Damage.MISSING
        except (OSError, ContentUnreadableError):
            return Damage.UNREADABLE

    def _damage_beside_changes(self, row: BlobRow) -> Damage | None:
        """Look again at what seems damaged: it may have been deleted, or published again, while it was read."""
        damage = self.damage(row)
        if damage is not None and self.metadata.blobs.exists(row.sha256):
            damage = self.damage(row)
        return damage if damage is not None and self.metadata.blobs.exists(row.sha256) else None

    def _damage_on_volume(self, row: BlobRow) -> Damage | None:
        with closing(self.store.open(row.sha256)) as content:
            if content.size != row.size:
                return Damage.LENGTH
            digest = hashlib.sha256()
            for piece in pieces(content, self.pace):
                digest.update(piece)
        return None if digest.digest() == row.sha256 else Damage.BYTES

    def _damage_in_metadata(self, row: BlobRow) -> Damage | None:
        content = self.metadata.blobs.content(row.sha256)
        if content is None:
            return Damage.MISSING
        self.pace.spend(len(content))
        if len(content) != row.size:
            return Damage.LENGTH
        return None if hashlib.sha256(content).digest() == row.sha256 else Damage.BYTES

    def _is_kept(self, sha256: bytes) -> bool:
        try:
            self.store.open(sha256).close()
        except KeyError:
            return False
        return True
