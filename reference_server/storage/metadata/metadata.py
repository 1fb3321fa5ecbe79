"""All of the metadata over one connection: a repository for each kind of record."""

from __future__ import annotations

from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.sqlite.hot_paths import HotPaths


class Metadata:
    """The repositories over one connection, which one thread at a time may use.

    Services read through the one that belongs to the event loop; a change is given the writer's.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.hot_paths = HotPaths(database)
