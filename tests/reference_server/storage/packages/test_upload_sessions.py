"""Begun uploads and read tickets as time goes by."""

from pathlib import Path

import pytest

from reference_server.contract.failure import Failure, Reason
from reference_server.contract.limits import READ_TICKET_SECONDS, UPLOAD_IDLE_SECONDS
from reference_server.storage.access.callers import ANONYMOUS
from reference_server.storage.blobs.local_disk import LocalDisk
from reference_server.storage.packages.publications import Publication
from reference_server.storage.packages.read_tickets import ReadTickets
from reference_server.storage.packages.upload_sessions import UploadSession, UploadSessions
from reference_server.storage.rules.coordinates import Coordinates

PUBLICATION = Publication(Coordinates("1", "tool", "1.0", "file"), None, None)
DIGEST = bytes(range(32))


class Clock:
    now = 2_000_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def uploads(tmp_path: Path, clock: Clock) -> UploadSessions:
    return UploadSessions(LocalDisk(tmp_path), clock)


def begin(
    uploads: UploadSessions, *, shares_volume: bool = False, asker: int = 0, declared_bytes: int = 0
) -> UploadSession:
    return uploads.begin(
        PUBLICATION,
        lambda: ANONYMOUS,
        maximum_bytes=100,
        shares_volume=shares_volume,
        asker=asker,
        declared_bytes=declared_bytes,
    )


def test_an_upload_without_a_byte_for_an_hour_is_over(uploads: UploadSessions, clock: Clock, tmp_path: Path) -> None:
    upload = begin(uploads)
    clock.now += UPLOAD_IDLE_SECONDS
    assert uploads.end_idle() == 0
    clock.now += 1
    assert uploads.end_idle() == 1
    assert list((tmp_path / "staging").iterdir()) == []
    with pytest.raises(Failure) as refusal:
        uploads.find(upload.id)
    assert refusal.value.reason == Reason.UPLOAD_NOT_FOUND


def test_a_byte_keeps_an_upload_open(uploads: UploadSessions, clock: Clock, tmp_path: Path) -> None:
    through_storage = begin(uploads)
    direct = begin(uploads, shares_volume=True)
    clock.now += UPLOAD_IDLE_SECONDS + 1
    uploads.touch(through_storage)
    (tmp_path / "staging" / direct.id).write_bytes(b"a byte")
    assert uploads.end_idle() == 0
    clock.now += UPLOAD_IDLE_SECONDS + 1
    assert uploads.end_idle() == 2


async def test_a_staging_file_of_no_upload_is_a_stray(uploads: UploadSessions, tmp_path: Path) -> None:
    upload = begin(uploads)
    (tmp_path / "staging" / "left-by-a-crash").write_bytes(b"half of it")
    assert await uploads.discard_strays() == 1
    assert [path.name for path in (tmp_path / "staging").iterdir()] == [upload.id]


def test_the_number_of_open_uploads_is_bounded(uploads: UploadSessions) -> None:
    begun = [begin(uploads, asker=number) for number in range(4096)]
    with pytest.raises(Failure) as refusal:
        begin(uploads, asker=4096)
    assert refusal.value.reason == Reason.OVERLOADED
    uploads.abandon(begun[0].id)
    begin(uploads, asker=4096)


def test_nobody_has_more_uploads_open_than_are_left_for_the_others(uploads: UploadSessions) -> None:
    begun = [begin(uploads, asker=1) for _ in range(2048)]
    with pytest.raises(Failure) as refusal:
        begin(uploads, asker=1)
    assert refusal.value.reason == Reason.OVERLOADED
    for _ in range(1024):
        begin(uploads, asker=2)
    with pytest.raises(Failure):
        begin(uploads, asker=2)
    for upload in begun:
        uploads.end(upload.id)
        uploads.end(upload.id)
    for _ in range(1024):
        begin(uploads, asker=2)


def test_what_uploads_have_yet_to_bring_is_counted_by_asker(uploads: UploadSessions, tmp_path: Path) -> None:
    coming = begin(uploads, asker=1, declared_bytes=100)
    begin(uploads, asker=1, declared_bytes=50)
    begin(uploads, asker=2)
    other = begin(uploads, asker=2, declared_bytes=7)
    (tmp_path / "staging" / coming.id).write_bytes(bytes(30))
    (tmp_path / "staging" / other.id).write_bytes(bytes(8))
    assert (dict(uploads.awaited_bytes()), uploads.declared_bytes) == ({1: 120, 2: 0}, 157)
    uploads.end(coming.id)
    assert (dict(uploads.awaited_bytes()), uploads.declared_bytes) == ({1: 50, 2: 0}, 57)


def test_answers_are_remembered_for_many_commits_and_not_for_ever(uploads: UploadSessions) -> None:
    first = begin(uploads)
    uploads.keep_answer(first)
    for _ in range(1_999):
        uploads.keep_answer(begin(uploads))
    assert uploads.find(first.id) is first
    uploads.keep_answer(begin(uploads))
    with pytest.raises(Failure):
        uploads.find(first.id)


def test_a_ticket_is_good_until_its_time_is_up(clock: Clock) -> None:
    tickets = ReadTickets(clock)
    ticket = tickets.issue(DIGEST)
    clock.now += READ_TICKET_SECONDS - 1
    assert tickets.read(ticket) == DIGEST
    clock.now += 1
    with pytest.raises(Failure) as refusal:
        tickets.read(ticket)
    assert refusal.value.reason == Reason.READ_TICKET_INVALID


def test_a_ticket_of_another_process_is_worth_nothing(clock: Clock) -> None:
    with pytest.raises(Failure):
        ReadTickets(clock).read(ReadTickets(clock).issue(DIGEST))
