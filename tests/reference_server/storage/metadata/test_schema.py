"""The schema: migrations, and that the models describe what the migrations make."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import Model

from reference_server.storage.metadata.models import Record
from reference_server.storage.metadata.sqlite.database import SqliteDatabase
from reference_server.storage.metadata.sqlite.migrations import SchemaTooNewError, migrate
from reference_server.storage.metadata.sqlite.schema import MIGRATIONS
from tests.support.storage import refused_start

MODELS = [model for kind in Record.__subclasses__() for model in kind.__subclasses__() or [kind]]
ONE, TWO = ("CREATE TABLE one (x INTEGER)",), ("CREATE TABLE two (x INTEGER)", "INSERT INTO one VALUES (2)")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqliteDatabase]:
    opened = SqliteDatabase(tmp_path / "database")
    yield opened
    opened.close()


def tables(database: SqliteDatabase) -> set[str]:
    found = database.run("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    return {name for (name,) in found}


def version(database: SqliteDatabase) -> int:
    row = database.one("SELECT version FROM schema_version")
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_model_has_the_columns_of_its_table(database: SqliteDatabase, model: type[Model]) -> None:
    migrate(database)
    columns = database.run(f"PRAGMA table_info({model._meta.table_name})").fetchall()
    expected = {name: (not field.null, field.primary_key) for name, field in model._meta.fields.items()}
    composite = set(getattr(model._meta.primary_key, "field_names", ()))
    found = {
        name: (bool(required) or bool(key), bool(key) and not composite) for _, name, _, required, _, key in columns
    }
    assert found == expected
    assert composite in ({name for _, name, _, _, _, key in columns if key}, set())


def test_every_table_has_its_model(database: SqliteDatabase) -> None:
    migrate(database)
    assert tables(database) == {model._meta.table_name for model in MODELS} | {"schema_version", "volume_identity"}


def test_every_column_that_refers_to_a_table_is_indexed(database: SqliteDatabase) -> None:
    """Without the index, deleting what is referred to looks through the whole table."""
    migrate(database)
    unindexed = []
    for table in tables(database):
        leading = {
            database.run(f"PRAGMA index_info({index})").fetchall()[0][2]
            for _, index, *_ in database.run(f"PRAGMA index_list({table})").fetchall()
        } | {row[1] for row in database.run(f"PRAGMA table_info({table})") if row[5] == 1}
        references = {row[3] for row in database.run(f"PRAGMA foreign_key_list({table})")}
        unindexed += [(table, column) for column in references - leading]
    assert unindexed == []


def test_migrations_run_once_in_order(database: SqliteDatabase) -> None:
    migrate(database, [ONE])
    assert (tables(database), version(database)) == ({"schema_version", "one"}, 1)
    migrate(database, [ONE, TWO])
    migrate(database, [ONE, TWO])
    assert version(database) == 2
    assert database.run("SELECT x FROM one").fetchall() == [(2,)]


def test_what_a_registry_of_the_first_version_holds_is_kept(database: SqliteDatabase) -> None:
    """Deploy tokens move to a new table, and members get columns: none may get lost on the way."""
    migrate(database, MIGRATIONS[:1])
    for statement in (
        "INSERT INTO users VALUES (7, 'jo', 'Jo', 0, 0, 1)",
        "INSERT INTO groups VALUES (3, NULL, 'g', 'g', 'g', 3, 1)",
        "INSERT INTO projects VALUES (5, 3, 'p', 'p', 'g/p', 3, 1)",
        "INSERT INTO project_members VALUES (5, 7, 30)",
        "INSERT INTO deploy_tokens VALUES (9, 5, 't', 'u', x'00', 'read_package_registry', 12, 1, 4)",
    ):
        database.run(statement)
    migrate(database)
    tokens = "SELECT id, project_id, group_id, name, username, digest, scopes, expires_at, revoked, created_at"
    assert database.run(f"{tokens} FROM deploy_tokens").fetchall() == [
        (9, 5, None, "t", "u", b"\0", "read_package_registry", 12, 1, 4)
    ]
    members = "SELECT user_id, access_level, expires_at FROM project_members"
    assert database.run(members).fetchall() == [(7, 30, None)]
    assert database.one("SELECT email, blocked FROM users") == ("", 0)
    assert database.run("PRAGMA foreign_key_check").fetchall() == []


def test_a_migration_that_fails_leaves_the_schema_as_it_was(database: SqliteDatabase) -> None:
    migrate(database, [ONE])
    with pytest.raises(Exception, match="syntax error"):
        migrate(database, [ONE, (*TWO, "NOT SQL")])
    assert (tables(database), version(database)) == ({"schema_version", "one"}, 1)


def test_a_schema_newer_than_the_program_is_refused_and_left_alone(database: SqliteDatabase) -> None:
    migrate(database, [ONE, TWO])
    with pytest.raises(SchemaTooNewError, match="version 2, and this program knows versions up to 1"):
        migrate(database, [ONE])
    assert version(database) == 2


def test_the_program_refuses_a_newer_schema_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data/volume").mkdir(parents=True)
    database = SqliteDatabase(tmp_path / "data/metadata.sqlite3")
    migrate(database, [()] * 99)
    database.close()
    assert "start the newer program" in refused_start(tmp_path)


def test_metadata_that_is_no_database_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data/volume").mkdir(parents=True)
    (tmp_path / "data/metadata.sqlite3").write_bytes(b"not a database, and longer than its header would be" * 100)
    assert "file is not a database" in refused_start(tmp_path)
