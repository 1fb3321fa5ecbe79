"""What every blob store must do; a new driver joins the list of makers."""

import contextlib
import hashlib
import os
import queue
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.blobs.local_disk import LocalDisk
from reference_server.storage.blobs.store import BlobStore

MAKERS: dict[str, Callable[[Path], BlobStore]] = {"local disk": lambda folder: LocalDisk(folder / "volume")}
CONTENT = os.urandom(200_000)
DIGEST = hashlib.sha256(CONTENT).digest()
UPLOAD = "0123456789abcdef" * 2


@pytest.fixture(params=list(MAKERS))
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], BlobStore]:
    """Give what opens a store on the same volume each time."""
    maker: Callable[[Path], BlobStore] = MAKERS[request.param]
    return lambda: maker(tmp_path)


@pytest.fixture
def store(make: Callable[[], BlobStore]) -> BlobStore:
    return make()


def stage(store: BlobStore, content: bytes = CONTENT, upload_id: str = UPLOAD) -> None:
    store.stage(upload_id)
    with contextlib.closing(store.write_staged(upload_id)) as staged:
        for start in range(0, len(content), 70_000):
            staged.write(content[start : start + 70_000])
        staged.sync()


def keep(store: BlobStore, content: bytes = CONTENT, upload_id: str = UPLOAD) -> bytes:
    stage(store, content, upload_id)
    digest = hashlib.sha256(content).digest()
    store.keep(upload_id, digest)
    return digest


def read(store: BlobStore, digest: bytes) -> bytes:
    with contextlib.closing(store.open(digest)) as content:
        return content.read(0, content.size)


@pytest.mark.parametrize(("size", "elsewhere"), [(1024, False), (17 * 1024**2, True)])
def test_a_large_staging_file_is_removed_in_a_thread(
    store: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, *, elsewhere: bool
) -> None:
    store.stage(UPLOAD)
    os.truncate(tmp_path / "volume" / store.staging_path(UPLOAD), size)
    removers: queue.Queue[threading.Thread] = queue.Queue()
    unlink = Path.unlink

    def noted(path: Path, *, missing_ok: bool = False) -> None:
        unlink(path, missing_ok=missing_ok)
        removers.put(threading.current_thread())

    monkeypatch.setattr(Path, "unlink", noted)
    store.discard(UPLOAD)
    assert (removers.get(timeout=30) is not threading.current_thread()) is elsewhere
    assert list(store.staged()) == []


def test_what_is_staged_can_be_measured_and_read(store: BlobStore) -> None:
    stage(store)
    assert store.staged_size(UPLOAD) == len(CONTENT)
    assert store.read_staged(UPLOAD) == CONTENT
    assert list(store.staged()) == [UPLOAD]
    assert store.last_staged(UPLOAD) > 0


def test_kept_content_is_read_whole_and_in_spans(store: BlobStore) -> None:
    digest = keep(store)
    with contextlib.closing(store.open(digest)) as content:
        assert content.size == len(CONTENT)
        assert content.read(0, content.size) == CONTENT
        assert content.read(1000, 10) == CONTENT[1000:1010]
        assert content.read(content.size - 1, 10) == CONTENT[-1:]


def test_keeping_empties_the_staging_area(store: BlobStore) -> None:
    keep(store)
    assert list(store.staged()) == []
    with pytest.raises(KeyError):
        store.staged_size(UPLOAD)


def test_a_store_opened_again_finds_what_was_kept(make: Callable[[], BlobStore]) -> None:
    digest = keep(make())
    assert read(make(), digest) == CONTENT


def test_keeping_the_same_content_again_changes_nothing(store: BlobStore) -> None:
    digest = keep(store)
    assert keep(store) == digest
    assert list(store.kept()) == [digest]
    assert read(store, digest) == CONTENT


def test_what_is_kept_is_named_by_its_digest(store: BlobStore) -> None:
    digests = {keep(store, bytes([number]) * 10, f"upload-{number}") for number in range(20)}
    assert set(store.kept()) == digests


def test_removed_content_is_gone_and_removing_it_again_succeeds(store: BlobStore) -> None:
    digest = keep(store)
    store.remove(digest)
    store.remove(digest)
    assert list(store.kept()) == []
    with pytest.raises(KeyError):
        store.open(digest)


def test_content_is_held_under_its_digest_and_in_its_whole_length(store: BlobStore, tmp_path: Path) -> None:
    digest = keep(store)
    assert store.holds(digest, len(CONTENT))
    assert not store.holds(digest, len(CONTENT) + 1)
    assert not store.holds(bytes(32), len(CONTENT))
    os.truncate(tmp_path / "volume" / store.path(digest), len(CONTENT) - 1)
    assert not store.holds(digest, len(CONTENT))
    store.remove(digest)
    assert not store.holds(digest, len(CONTENT))


def test_content_that_is_staged_is_not_held(store: BlobStore) -> None:
    stage(store)
    assert not store.holds(DIGEST, len(CONTENT))


def test_content_that_was_set_aside_as_damaged_is_not_held_and_does_not_come_back(store: BlobStore) -> None:
    digest = keep(store)
    store.set_damaged_aside(digest)
    assert (list(store.damaged_content()), list(store.kept())) == ([digest], [])
    with pytest.raises(KeyError):
        store.open(digest)
    with pytest.raises(KeyError):
        store.bring_back(digest)
    store.set_damaged_aside(digest)
    assert list(store.damaged_content()) == [digest]
    assert read(store, keep(store)) == CONTENT


def test_content_that_is_open_stays_readable_when_it_is_removed(store: BlobStore) -> None:
    digest = keep(store)
    with contextlib.closing(store.open(digest)) as content:
        store.remove(digest)
        assert content.read(0, content.size) == CONTENT


def test_discarded_content_is_gone_and_discarding_it_again_succeeds(store: BlobStore) -> None:
    stage(store)
    store.discard(UPLOAD)
    store.discard(UPLOAD)
    assert list(store.staged()) == []


def test_what_was_never_staged_cannot_be_used(store: BlobStore) -> None:
    for use in (store.write_staged, store.staged_size, store.read_staged, store.last_staged):
        with pytest.raises(KeyError):
            use(UPLOAD)
    with pytest.raises(KeyError):
        store.keep(UPLOAD, DIGEST)


def test_an_upload_is_staged_once(store: BlobStore) -> None:
    store.stage(UPLOAD)
    with pytest.raises(FileExistsError):
        store.stage(UPLOAD)


def test_room_is_what_the_volume_has(store: BlobStore) -> None:
    assert store.has_room_for(0)
    assert not store.has_room_for(2**62)


def test_named_paths_lead_to_the_bytes(store: BlobStore, tmp_path: Path) -> None:
    stage(store)
    root = tmp_path / "volume"
    assert (root / store.staging_path(UPLOAD)).read_bytes() == CONTENT
    store.keep(UPLOAD, DIGEST)
    assert (root / store.path(DIGEST)).read_bytes() == CONTENT


def test_a_full_volume_says_so(store: BlobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object) -> int:
        raise OSError(28, "No space left on device")

    store.stage(UPLOAD)
    with contextlib.closing(store.write_staged(UPLOAD)) as staged:
        monkeypatch.setattr(os, "write", no_room)
        with pytest.raises(Failure) as refusal:
            staged.write(b"x")
    assert refusal.value.reason == Reason.VOLUME_FULL


def test_files_that_are_no_content_are_left_alone(store: BlobStore, tmp_path: Path) -> None:
    digest = keep(store)
    (tmp_path / "volume" / store.path(digest)).with_name("notes.txt").write_text("not ours")
    assert list(store.kept()) == [digest]
