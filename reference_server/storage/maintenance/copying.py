"""Copying content from one store to another, for backups and what is restored from them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

from reference_server.content.files import StagedFile
from reference_server.storage.blobs.store import BlobStore, StoredContent
from reference_server.storage.maintenance.reading import ContentUnreadableError, Pace, Progress, all_rows, pieces
from reference_server.storage.maintenance.verification import Damage, Finding
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.rows import BlobRow


def copy_content(row: BlobRow, source: BlobStore, target: BlobStore, pace: Pace) -> Damage | None:
    """Copy content to stable storage if it is what its record says; return how it is damaged otherwise.

    Raise VOLUME_FULL, OSError.
    """
    upload_id = f"copy-{row.sha256.hex()}"
    try:
        content = source.open(row.sha256)
    except KeyError:
        return Damage.MISSING
    except OSError:
        return Damage.UNREADABLE
    target.discard(upload_id)
    target.stage(upload_id)
    try:
        with closing(content), closing(target.write_staged(upload_id)) as staged:
            damage = _write(row, content, staged, pace)
        if damage is None:
            target.keep(upload_id, row.sha256)
        return damage
    finally:
        target.discard(upload_id)


def _write(row: BlobRow, content: StoredContent, staged: StagedFile, pace: Pace) -> Damage | None:
    digest = hashlib.sha256()
    if content.size != row.size:
        return Damage.LENGTH
    try:
        for piece in pieces(content, pace):
            digest.update(piece)
            staged.write(piece)
    except ContentUnreadableError:
        return Damage.UNREADABLE
    return None if digest.digest() == row.sha256 else Damage.BYTES


@dataclass(frozen=True, slots=True)
class ContentCopy:
    """Copies the content on the volume that the metadata of a copy record."""

    metadata: Metadata
    source: BlobStore
    target: BlobStore
    pace: Pace

    def missing_bytes(self) -> int:
        """Return how many bytes are still to be copied."""
        return sum(row.size for row in all_rows(self.metadata.blobs) if not self._is_there(row))

    def fill(self, progress: Progress) -> None:
        """Copy what is not there yet; what cannot be copied stays away. Raise VOLUME_FULL, OSError."""
        for upload_id in list(self.target.staged()):
            self.target.discard(upload_id)
        for row in all_rows(self.metadata.blobs):
            if not self._is_there(row):
                copy_content(row, self.source, self.target, self.pace)
            progress.advance(row.size)

    def fill_again(self, findings: Iterable[Finding]) -> list[Finding]:
        """Copy anew what a verification of the copy found, and return what is damaged in the source as well."""
        remaining = []
        for finding in findings:
            if finding.row.on_volume:
                self.target.remove(finding.row.sha256)
                damage = copy_content(finding.row, self.source, self.target, self.pace)
            else:
                damage = finding.damage
            if damage is not None:
                remaining.append(Finding(finding.row, damage, finding.files))
        return remaining

    def _is_there(self, row: BlobRow) -> bool:
        return not row.on_volume or self.target.holds(row.sha256, row.size)


def leave_out_deleted(findings: Iterable[Finding], copy: Metadata, live: Metadata) -> list[Finding]:
    """Delete from the copy's metadata what was deleted from the live ones meanwhile; return the other findings."""
    remaining = []
    for finding in findings:
        sha256 = finding.row.sha256
        if live.blobs.exists(sha256):
            remaining.append(finding)
            continue
        with copy.database.transaction():
            for package_id in copy.package_files.delete_of_content(sha256):
                if not live.packages.exists(package_id):
                    copy.packages.delete(package_id)
    return remaining
