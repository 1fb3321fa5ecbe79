"""Times that are noted with every request and written together now and then."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reference_server.storage.metadata import clock
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.writer import Writer

Write = Callable[[Metadata, Mapping[int, int]], None]
"""Writes times, in milliseconds since 1970, by the ids of what they are of; a change for the writer."""


class NotedTimes:
    """Notes times in memory without slowing requests. Those of the last seconds are lost when the storage crashes."""

    def __init__(self, writer: Writer, write: Write) -> None:
        self._writer = writer
        self._write = write
        self._noted: dict[int, int] = {}

    def note(self, record_id: int) -> None:
        """Note that something happens now to the record of an id."""
        self._noted[record_id] = clock.now()

    def last(self, record_id: int, written: int | None) -> int | None:
        """Return when it last happened, in milliseconds since 1970; `written` is what the metadata say."""
        return self._noted.get(record_id, written)

    async def write(self) -> int:
        """Write what was noted and return of how many records; what cannot be written now stays noted."""
        noted = dict(self._noted)
        if noted:
            await self._writer.submit(lambda metadata: self._write(metadata, noted), long=True, unlimited=True)
        for record_id, time in noted.items():
            if self._noted.get(record_id) == time:
                del self._noted[record_id]
        return len(noted)
