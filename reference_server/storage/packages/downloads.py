"""When packages were last downloaded: noted in memory, and written together every few seconds."""

from __future__ import annotations

from reference_server.storage.metadata import clock
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.writer import Writer

_UPDATE = "UPDATE packages SET last_downloaded_at = ? WHERE id = ?"


class Downloads:
    """Notes downloads without slowing them; those of the last seconds are lost when the storage crashes."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._noted: dict[int, int] = {}

    def note(self, package_id: int) -> None:
        """Note that one of a package's files is downloaded now."""
        self._noted[package_id] = clock.now()

    def last(self, package_id: int, written: int | None) -> int | None:
        """Say when a package was last downloaded, in milliseconds since 1970; `written` is what the metadata say."""
        return self._noted.get(package_id, written)

    async def write(self) -> int:
        """Write what was noted and give of how many packages; what cannot be written now stays noted."""
        written = dict(self._noted)
        if written:
            await self._writer.insist(lambda metadata: _write(metadata.database, written), long=True)
        for package_id, downloaded_at in written.items():
            if self._noted.get(package_id) == downloaded_at:
                del self._noted[package_id]
        return len(written)


def _write(database: Database, downloads: dict[int, int]) -> None:
    for package_id, downloaded_at in downloads.items():
        database.run(_UPDATE, (downloaded_at, package_id))
