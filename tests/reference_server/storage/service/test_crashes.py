"""A storage that is killed: nothing acknowledged is lost, nothing partial is visible, nothing is left behind."""

import hashlib
import os
import threading

import pytest

from reference_server.storage.metadata.sqlite.database import SqliteDatabase
from tests.support.polling import eventually
from tests.support.storage import REFUSALS, SECONDS, Registry, at, ending
from tests.support.storage_process import StorageProcess

CONTENT = os.urandom(400_000)
NAME = hashlib.sha256(CONTENT).hexdigest()


def until_empty(registry: Registry) -> None:
    eventually(lambda: not registry.blobs() | registry.staged(), what="the sweep left something behind")


def test_killed_between_staging_and_commit_nothing_is_visible_or_left(process: StorageProcess) -> None:
    registry = process.connect()
    where = at(registry.project().id)
    begun = registry.begin(where)
    registry.send(begun.upload_id, CONTENT)
    process.kill()
    assert registry.staged() == {begun.upload_id}
    again = process.start().connect()
    until_empty(again)
    assert ending(lambda: again.read(where)) == "PACKAGE_FILE_NOT_FOUND"
    assert ending(lambda: again.commit(begun.upload_id, CONTENT)) == "UPLOAD_NOT_FOUND"


def test_killed_between_rename_and_metadata_the_orphan_is_swept(process: StorageProcess) -> None:
    registry = process.connect()
    where = at(registry.project().id)
    begun = registry.begin(where)
    registry.send(begun.upload_id, CONTENT)
    blocker = SqliteDatabase(registry.data / "metadata.sqlite3")
    blocker.run("BEGIN IMMEDIATE")
    commit = threading.Thread(target=lambda: ending(lambda: registry.commit(begun.upload_id, CONTENT)))
    commit.start()
    eventually(lambda: registry.blobs() == {NAME}, what="the content was never renamed")
    process.kill()
    commit.join()
    blocker.run("ROLLBACK")
    blocker.close()
    again = process.start().connect()
    until_empty(again)
    assert ending(lambda: again.read(where)) == "PACKAGE_FILE_NOT_FOUND"
    again.publish_large(where, CONTENT)
    assert again.read(where) == CONTENT


def test_killed_after_a_delete_was_committed_the_orphan_is_swept(process: StorageProcess) -> None:
    registry = process.connect()
    where = at(registry.project().id)
    row = registry.publish_large(where, CONTENT)
    process.kill()
    database = SqliteDatabase(registry.data / "metadata.sqlite3")
    database.run("DELETE FROM package_files WHERE id = ?", (row.id,))
    database.run("DELETE FROM blobs")
    database.close()
    assert registry.blobs() == {NAME}
    until_empty(process.start().connect())


@pytest.mark.parametrize("round_", range(3))
def test_what_was_acknowledged_survives_a_kill_at_any_moment(process: StorageProcess, round_: int) -> None:
    registry = process.connect()
    project = registry.project().id
    acknowledged: dict[str, bytes] = {}
    enough = threading.Event()

    def upload(worker: int) -> None:
        for number in range(10_000):
            name, content = f"file-{worker}-{number}", os.urandom(100 if worker % 2 else 90_000)
            try:
                (registry.publish if worker % 2 else registry.publish_large)(at(project, name), content)
            except REFUSALS:
                return
            acknowledged[name] = content
            if len(acknowledged) > 20 * (round_ + 1):
                enough.set()

    workers = [threading.Thread(target=upload, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    assert enough.wait(SECONDS)
    process.kill()
    for worker in workers:
        worker.join()
    again = process.start().connect()
    assert {name: again.read(at(project, name)) for name in acknowledged} == acknowledged
    for file in again.files(project, 1):
        content = again.read(at(project, file.file_name))
        assert (len(content), hashlib.sha256(content).digest()) == (file.size, file.sha256)
