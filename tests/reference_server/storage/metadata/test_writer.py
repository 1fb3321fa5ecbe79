"""The one writer: groups, savepoints, and what becomes of each change."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.sqlite.database import SqliteDatabase
from reference_server.storage.metadata.writer import Writer, WriterEndedError


@pytest.fixture
def reading(tmp_path: Path) -> Iterator[SqliteDatabase]:
    """Make a table of numbers, and a connection of its own to read them by."""
    database = SqliteDatabase(tmp_path / "database")
    database.run("CREATE TABLE numbers (number INTEGER UNIQUE)")
    yield database
    database.close()


@pytest.fixture
async def writer(tmp_path: Path, reading: SqliteDatabase) -> AsyncIterator[Writer]:
    database = SqliteDatabase(tmp_path / "database")
    opened = Writer(database)
    yield opened
    await opened.close()
    database.close()


async def written(writer: Writer, reading: SqliteDatabase) -> list[int]:
    """Close the writer, and return the numbers that are there afterwards."""
    await writer.close()
    return [row[0] for row in reading.run("SELECT number FROM numbers ORDER BY number")]


def insert(number: int) -> Callable[[Metadata], int]:
    def change(metadata: Metadata) -> int:
        metadata.database.run("INSERT INTO numbers VALUES (?)", (number,))
        return number

    return change


async def test_changes_answer_when_others_can_read_them(writer: Writer, reading: SqliteDatabase) -> None:
    assert await writer.submit(insert(1)) == 1
    assert reading.one("SELECT number FROM numbers") == (1,)
    assert await written(writer, reading) == [1]


async def test_changes_that_wait_together_are_one_transaction(writer: Writer, reading: SqliteDatabase) -> None:
    statements: list[str] = []
    assert isinstance(writer._database, SqliteDatabase)
    writer._database._connection.set_trace_callback(statements.append)
    await asyncio.gather(*(writer.submit(insert(number)) for number in range(100)))
    assert await written(writer, reading) == list(range(100))
    assert statements.count("COMMIT") == 1


async def test_a_change_that_raises_is_undone_alone(writer: Writer, reading: SqliteDatabase) -> None:
    def refuse(metadata: Metadata) -> None:
        metadata.database.run("INSERT INTO numbers VALUES (50)")
        raise Failure(Reason.PACKAGE_DUPLICATE, "no")

    outcomes = await asyncio.gather(
        writer.submit(insert(1)), writer.submit(refuse), writer.submit(insert(2)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [int, Failure, int]
    assert await written(writer, reading) == [1, 2]


async def test_an_error_of_the_database_is_the_changes_own(writer: Writer, reading: SqliteDatabase) -> None:
    outcomes = await asyncio.gather(*(writer.submit(insert(7)) for _ in range(2)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [int, sqlite3.IntegrityError]
    assert await written(writer, reading) == [7]


async def test_a_change_that_is_cancelled_before_it_begins_is_withdrawn(
    writer: Writer, reading: SqliteDatabase
) -> None:
    kept, withdrawn = writer.submit(insert(1)), writer.submit(insert(2))
    withdrawn.cancel()
    await kept
    assert await written(writer, reading) == [1]


async def test_long_changes_keep_their_place_among_the_others(writer: Writer) -> None:
    order: list[str] = []

    def note(name: str) -> Callable[[Metadata], None]:
        return lambda _: order.append(name)

    await asyncio.gather(
        writer.submit(note("first")), writer.submit(note("long"), long=True), writer.submit(note("last"))
    )
    assert order == ["first", "long", "last"]


async def test_too_many_waiting_changes_are_refused_and_the_others_are_written(
    writer: Writer, reading: SqliteDatabase
) -> None:
    waiting = [writer.submit(insert(number)) for number in range(1024)]
    with pytest.raises(Failure) as refusal:
        writer.submit(insert(5000))
    assert refusal.value.reason == Reason.OVERLOADED
    await writer.submit(insert(6000), unlimited=True)
    await asyncio.gather(*waiting)
    assert await written(writer, reading) == [*range(1024), 6000]


async def test_closing_writes_what_waits(writer: Writer, reading: SqliteDatabase) -> None:
    answers = [writer.submit(insert(number)) for number in range(3)]
    await writer.close()
    assert [answer.result() for answer in answers] == [0, 1, 2]
    with pytest.raises(RuntimeError):
        writer.submit(insert(9))
    assert await written(writer, reading) == [0, 1, 2]


@pytest.mark.parametrize("long", [False, True])
async def test_a_writer_that_ends_unexpectedly_refuses_what_waits_and_says_so(
    writer: Writer, reading: SqliteDatabase, monkeypatch: pytest.MonkeyPatch, long: bool
) -> None:
    def defect(_: SqliteDatabase) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(SqliteDatabase, "commit", defect)
    outcomes = await asyncio.gather(
        *(writer.submit(insert(number), long=long) for number in range(3)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [WriterEndedError] * 3
    assert writer.ended.is_set()
    with pytest.raises(WriterEndedError):
        writer.submit(insert(3))
    assert await written(writer, reading) == []


async def test_closing_is_no_unexpected_end(writer: Writer) -> None:
    await writer.close()
    assert not writer.ended.is_set()


async def test_another_program_that_holds_the_database_is_waited_for(writer: Writer, reading: SqliteDatabase) -> None:
    reading.run("BEGIN IMMEDIATE")
    answer = writer.submit(insert(1))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not answer.done()
    reading.run("ROLLBACK")
    assert await answer == 1
    assert await written(writer, reading) == [1]


async def test_a_full_volume_refuses_the_group_and_the_next_one_is_written(
    writer: Writer, reading: SqliteDatabase
) -> None:
    def enlarge(metadata: Metadata) -> None:
        metadata.database.run("CREATE TABLE IF NOT EXISTS large (content BLOB)")
        metadata.database.run("INSERT INTO large VALUES (zeroblob(10000000))")

    writer._database.run("PRAGMA max_page_count = 100")
    (outcome,) = await asyncio.gather(writer.submit(enlarge), return_exceptions=True)
    assert isinstance(outcome, Failure)
    assert outcome.reason == Reason.VOLUME_FULL
    assert await writer.submit(insert(1)) == 1
    assert await written(writer, reading) == [1]
