"""The one writer: groups, savepoints, and what becomes of each change."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.sqlite.database import SqliteDatabase
from reference_server.storage.metadata.writer import Writer, WriterEndedError


def scenario(tmp_path: Path, act: Callable[[Writer, SqliteDatabase], Awaitable[object]]) -> list[int]:
    """Act with a writer on a table of numbers, and give the numbers that are there afterwards."""

    async def run() -> None:
        database = SqliteDatabase(tmp_path / "database")
        database.run("CREATE TABLE numbers (number INTEGER UNIQUE)")
        writer = Writer(database)
        reading = SqliteDatabase(tmp_path / "database")
        try:
            await act(writer, reading)
        finally:
            await writer.close()
            reading.close()
            database.close()

    asyncio.run(run())
    after = SqliteDatabase(tmp_path / "database")
    try:
        return [row[0] for row in after.run("SELECT number FROM numbers ORDER BY number")]
    finally:
        after.close()


def insert(number: int) -> Callable[[Metadata], int]:
    def change(metadata: Metadata) -> int:
        metadata.database.run("INSERT INTO numbers VALUES (?)", (number,))
        return number

    return change


def test_changes_answer_when_others_can_read_them(tmp_path: Path) -> None:
    async def act(writer: Writer, reading: SqliteDatabase) -> None:
        assert await writer.submit(insert(1)) == 1
        assert reading.one("SELECT number FROM numbers") == (1,)

    assert scenario(tmp_path, act) == [1]


def test_changes_that_wait_together_are_one_transaction(tmp_path: Path) -> None:
    statements: list[str] = []

    async def act(writer: Writer, _: SqliteDatabase) -> None:
        assert isinstance(writer._database, SqliteDatabase)
        writer._database._connection.set_trace_callback(statements.append)
        await asyncio.gather(*(writer.submit(insert(number)) for number in range(100)))

    assert scenario(tmp_path, act) == list(range(100))
    assert statements.count("COMMIT") == 1


def test_a_change_that_raises_is_undone_alone(tmp_path: Path) -> None:
    def refuse(metadata: Metadata) -> None:
        metadata.database.run("INSERT INTO numbers VALUES (50)")
        raise Failure(Reason.PACKAGE_DUPLICATE, "no")

    async def act(writer: Writer, _: SqliteDatabase) -> None:
        outcomes = await asyncio.gather(
            writer.submit(insert(1)), writer.submit(refuse), writer.submit(insert(2)), return_exceptions=True
        )
        assert [type(outcome) for outcome in outcomes] == [int, Failure, int]

    assert scenario(tmp_path, act) == [1, 2]


def test_an_error_of_the_database_is_the_changes_own(tmp_path: Path) -> None:
    async def act(writer: Writer, _: SqliteDatabase) -> None:
        outcomes = await asyncio.gather(*(writer.submit(insert(7)) for _ in range(2)), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [int, sqlite3.IntegrityError]

    assert scenario(tmp_path, act) == [7]


def test_a_change_that_is_cancelled_before_it_begins_is_withdrawn(tmp_path: Path) -> None:
    async def act(writer: Writer, _: SqliteDatabase) -> None:
        kept, withdrawn = writer.submit(insert(1)), writer.submit(insert(2))
        withdrawn.cancel()
        await kept

    assert scenario(tmp_path, act) == [1]


def test_long_changes_keep_their_place_among_the_others(tmp_path: Path) -> None:
    order: list[str] = []

    def note(name: str) -> Callable[[Metadata], None]:
        return lambda _: order.append(name)

    async def act(writer: Writer, _: SqliteDatabase) -> None:
        await asyncio.gather(
            writer.submit(note("first")), writer.submit(note("long"), long=True), writer.submit(note("last"))
        )

    scenario(tmp_path, act)
    assert order == ["first", "long", "last"]


def test_too_many_waiting_changes_are_refused_and_the_others_are_written(tmp_path: Path) -> None:
    async def act(writer: Writer, _: SqliteDatabase) -> None:
        waiting = [writer.submit(insert(number)) for number in range(1024)]
        with pytest.raises(Failure) as refusal:
            writer.submit(insert(5000))
        assert refusal.value.reason == Reason.OVERLOADED
        await writer.submit(insert(6000), unlimited=True)
        await asyncio.gather(*waiting)

    assert scenario(tmp_path, act) == [*range(1024), 6000]


def test_closing_writes_what_waits(tmp_path: Path) -> None:
    async def act(writer: Writer, _: SqliteDatabase) -> None:
        answers = [writer.submit(insert(number)) for number in range(3)]
        await writer.close()
        assert [answer.result() for answer in answers] == [0, 1, 2]
        with pytest.raises(RuntimeError):
            writer.submit(insert(9))

    assert scenario(tmp_path, act) == [0, 1, 2]


@pytest.mark.parametrize("long", [False, True])
def test_a_writer_that_ends_unexpectedly_refuses_what_waits_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, long: bool
) -> None:
    def defect(_: SqliteDatabase) -> None:
        raise RuntimeError("a defect")

    async def act(writer: Writer, _: SqliteDatabase) -> None:
        monkeypatch.setattr(SqliteDatabase, "commit", defect)
        outcomes = await asyncio.gather(
            *(writer.submit(insert(number), long=long) for number in range(3)), return_exceptions=True
        )
        assert [type(outcome) for outcome in outcomes] == [WriterEndedError] * 3
        assert writer.ended.is_set()
        with pytest.raises(WriterEndedError):
            writer.submit(insert(3))

    assert scenario(tmp_path, act) == []


def test_closing_is_no_unexpected_end(tmp_path: Path) -> None:
    async def act(writer: Writer, _: SqliteDatabase) -> None:
        await writer.close()
        assert not writer.ended.is_set()

    scenario(tmp_path, act)


def test_another_program_that_holds_the_database_is_waited_for(tmp_path: Path) -> None:
    async def act(writer: Writer, other: SqliteDatabase) -> None:
        other.run("BEGIN IMMEDIATE")
        answer = writer.submit(insert(1))
        for _ in range(5):
            await asyncio.sleep(0)
        assert not answer.done()
        other.run("ROLLBACK")
        assert await answer == 1

    assert scenario(tmp_path, act) == [1]


def test_a_full_volume_refuses_the_group_and_the_next_one_is_written(tmp_path: Path) -> None:
    def enlarge(metadata: Metadata) -> None:
        metadata.database.run("CREATE TABLE IF NOT EXISTS large (content BLOB)")
        metadata.database.run("INSERT INTO large VALUES (zeroblob(10000000))")

    async def act(writer: Writer, _: SqliteDatabase) -> None:
        writer._database.run("PRAGMA max_page_count = 100")
        (outcome,) = await asyncio.gather(writer.submit(enlarge), return_exceptions=True)
        assert isinstance(outcome, Failure)
        assert outcome.reason == Reason.VOLUME_FULL
        assert await writer.submit(insert(1)) == 1

    assert scenario(tmp_path, act) == [1]
