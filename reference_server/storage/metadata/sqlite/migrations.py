"""Bringing a database's schema to the version that this program works with."""

from __future__ import annotations

from collections.abc import Sequence

from reference_server.storage.metadata.sqlite.database import SqliteDatabase
from reference_server.storage.metadata.sqlite.schema import MIGRATIONS


class SchemaTooNewError(Exception):
    """The database was written by a newer program."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(
            f"the metadata has schema version {found}, and this program knows versions up to {known}: "
            "start the newer program that wrote it, or restore an older backup"
        )


class SchemaTooOldError(Exception):
    """The database was written by an older program, and nobody has migrated it yet."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(
            f"the metadata has schema version {found}, and this program reads version {known}: "
            "start the server once, which brings it up to date"
        )


def migrate(database: SqliteDatabase, migrations: Sequence[Sequence[str]] = MIGRATIONS) -> None:
    """Run the migrations that the database has not seen, all in one transaction.

    Raise SchemaTooNewError, and changes nothing, when it has seen one that this program does not know.
    """
    if not _is_current(database, len(migrations)):
        with database.transaction():
            _run_unseen(database, migrations)


def check_current(database: SqliteDatabase) -> None:
    """Let a database pass that this program can read as it is. Raise SchemaTooNewError, SchemaTooOldError."""
    row = None if is_new(database) else database.one("SELECT version FROM schema_version")
    version = 0 if row is None else int(row[0])
    if version > len(MIGRATIONS):
        raise SchemaTooNewError(version, len(MIGRATIONS))
    if version < len(MIGRATIONS):
        raise SchemaTooOldError(version, len(MIGRATIONS))


def is_new(database: SqliteDatabase) -> bool:
    """Return whether no migration has ever run: the database is empty, or a copy that lost what it held."""
    known = database.one("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'")
    return known is None or database.one("SELECT 1 FROM schema_version WHERE version > 0") is None


def _is_current(database: SqliteDatabase, known: int) -> bool:
    """Return whether there is nothing to do, so that a start on a full volume writes nothing."""
    return not is_new(database) and database.one("SELECT version FROM schema_version") == (known,)


def _run_unseen(database: SqliteDatabase, migrations: Sequence[Sequence[str]]) -> None:
    version = _schema_version(database)
    if version > len(migrations):
        raise SchemaTooNewError(version, len(migrations))
    for statements in migrations[version:]:
        for statement in statements:
            database.run(statement)
    database.run("UPDATE schema_version SET version = ?", (len(migrations),))


def _schema_version(database: SqliteDatabase) -> int:
    """Read the schema's version, 0 for an empty database, which is given its version table."""
    database.run("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)")
    row = database.one("SELECT version FROM schema_version")
    if row is None:
        database.run("INSERT INTO schema_version (version) VALUES (0)")
        return 0
    return int(row[0])
