"""The audit behind the crash table sees what it is for: each test breaks a server that was sound a moment ago."""

import contextlib
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from reference_server.frontend.application import FrontEndOptions
from tests.crash_table.audit import Audit, Findings
from tests.crash_table.expected import ExpectedFile, ExpectedRegistry, PackageState
from tests.crash_table.load import Place
from tests.crash_table.rounds import ANCHOR, ANCHOR_FILE, furnish
from tests.support.front_end import Served, running_front_end, running_storage


@dataclass(frozen=True, slots=True)
class Audited:
    """A server that took a load, and what is expected of it."""

    served: Served
    place: Place
    registry: ExpectedRegistry
    data: Path

    def audit(self) -> Findings:
        return Audit([self.served], self.place, self.data, patience_seconds=0.3).look_at(self.registry)

    def content(self) -> Path:
        """Return the file of the content that nobody changes."""
        (file,) = self.registry.packages[-1].state.files
        return self.data / "volume" / "blobs" / file.sha256[:2] / file.sha256[2:4] / file.sha256

    def change_metadata(self, *statements: str) -> None:
        with contextlib.closing(sqlite3.connect(self.data / "metadata.sqlite3", timeout=30)) as database, database:
            for statement in statements:
                assert database.execute(statement).rowcount > 0


@pytest.fixture
def audited(tmp_path: Path) -> Iterator[Audited]:
    with running_storage(tmp_path) as storage, running_front_end(FrontEndOptions(storage.address)) as served:
        place, registry, load = furnish([served], random.Random(1))
        for actor in load.actors:
            for _ in range(4):
                actor.act()
        found = Audited(served, place, registry, storage.data)
        assert found.audit().sentences == []
        yield found


def test_content_that_is_gone_from_the_volume_is_lost(audited: Audited) -> None:
    audited.content().unlink()
    assert len(audited.audit().lost) == 2  # over HTTP, and on the volume


def test_content_with_a_flipped_bit_is_partial(audited: Audited) -> None:
    content = bytearray(audited.content().read_bytes())
    content[-1] ^= 1
    audited.content().write_bytes(content)
    assert len(audited.audit().partial) == 2


def test_a_row_that_is_gone_is_lost_and_its_content_an_orphan(audited: Audited) -> None:
    anchor = audited.registry.packages[-1].state
    audited.change_metadata(f"DELETE FROM package_files WHERE package_id = {anchor.id}")
    content = audited.content()
    findings = audited.audit()
    assert any(anchor.files[0].sha256 in sentence for sentence in findings.lost)
    assert findings.miscounts
    assert findings.orphans == [str(content.relative_to(audited.data / "volume"))]


def test_content_in_the_metadata_that_is_not_its_digests_is_partial(audited: Audited) -> None:
    audited.change_metadata("UPDATE blobs SET content = CAST('other' AS BLOB) WHERE content IS NOT NULL")
    assert audited.audit().partial


def test_what_lies_on_the_volume_without_a_record_is_an_orphan(audited: Audited) -> None:
    places = [f"blobs/ab/cd/{'abcd' * 16}", f"staging/{'0' * 32}", f"trash/{'abcd' * 16}"]
    for place in places:
        path = audited.data / "volume" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert audited.audit().orphans == places


def test_a_publication_that_was_never_acknowledged_nor_asked_for_is_a_miscount(audited: Audited) -> None:
    audited.served.send("PUT", audited.place.file(ANCHOR, ANCHOR_FILE), b"another")
    assert audited.audit().miscounts


def test_settings_that_are_neither_the_acknowledged_nor_the_wanted_are_lost(audited: Audited) -> None:
    audited.change_metadata("UPDATE package_settings SET duplicate_exception_regex = 'other'")
    (acknowledged,) = audited.registry.regexes
    assert audited.audit().lost == [f"the settings hold other, not {acknowledged}"]


@pytest.mark.parametrize("made", [False, True])
def test_a_pending_change_may_have_been_made_or_not_and_is_known_from_then_on(audited: Audited, *, made: bool) -> None:
    anchor = audited.registry.packages[-1]
    before = anchor.state
    anchor.pending = PackageState()
    if made:
        audited.served.delete(f"/projects/{audited.place.project}/packages/{before.id}")
    assert audited.audit().sentences == []
    assert anchor.pending is None
    assert (anchor.state.id is None) is made


def test_a_pending_publication_that_shows_other_bytes_is_found(audited: Audited) -> None:
    anchor = audited.registry.packages[-1]
    anchor.pending = anchor.state.published(ExpectedFile(ANCHOR_FILE, "00" * 32, 3), anchor.state.id or 0)
    audited.served.send("PUT", audited.place.file(ANCHOR, ANCHOR_FILE), b"abc")
    assert audited.audit().miscounts
