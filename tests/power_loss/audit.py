"""What a data directory holds after a power cut, compared with what had been promised."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.power_loss.recording import Promise

_FILES = """
    SELECT packages.name, blobs.sha256, blobs.size, blobs.content FROM package_files
    JOIN packages ON packages.id = package_files.package_id JOIN blobs ON blobs.sha256 = package_files.sha256
"""


@dataclass(slots=True)
class Findings:
    """Sentences about what is wrong, by what it means."""

    lost: list[str] = field(default_factory=list)
    """Acknowledged, and not there."""
    partial: list[str] = field(default_factory=list)
    """On record, and its bytes are not there whole; or the database itself is damaged."""
    returned: list[str] = field(default_factory=list)
    """Deleted, and there again."""

    @property
    def sentences(self) -> list[str]:
        """All of them."""
        return [*self.lost, *self.partial, *self.returned]


def audit(data: Path, promises: Iterable[Promise]) -> Findings:
    """Open the metadata as a start does, and compare records, bytes and promises."""
    findings = Findings()
    try:
        with contextlib.closing(sqlite3.connect(data / "metadata.sqlite3")) as database:
            damage = [row for row in database.execute("PRAGMA quick_check") if row != ("ok",)]
            rows = database.execute(_FILES).fetchall()
    except sqlite3.Error as error:
        findings.partial.append(f"the metadata: {error}")
        return findings
    findings.partial += [f"the metadata: {row}" for row in damage]
    there = {}
    for name, sha256, size, inline in rows:
        there[name] = sha256.hex()
        content = _on_volume(data, sha256.hex()) if inline is None else inline
        if content is None or len(content) != size or hashlib.sha256(content).digest() != sha256:
            findings.partial.append(f"{name}: its content is not whole")
    for promise in _last(promises):
        name = promise.path.split("/")[-3]
        if promise.sha256 is None:
            findings.returned += [name] if name in there else []
        elif there.get(name) != promise.sha256:
            findings.lost.append(f"{name}: {'other content' if name in there else 'no record'}")
    return findings


def _last(promises: Iterable[Promise]) -> Iterable[Promise]:
    """Return the last promise about each file, where it is kept."""
    last = {promise.path: promise for promise in sorted(promises, key=lambda promise: promise.at)}
    return [promise for promise in last.values() if promise.kept]


def _on_volume(data: Path, name: str) -> bytes | None:
    path = data / "volume" / "blobs" / name[:2] / name[2:4] / name
    return path.read_bytes() if path.is_file() else None
