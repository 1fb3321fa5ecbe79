"""Content that the metadata knows and the volume has lost or cut: publishing it again brings it back."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.support.storage import Registry, at, ending


def lose(path: Path) -> None:
    """Remove a file, as an unmounted volume does."""
    path.unlink()


def cut(path: Path) -> None:
    os.truncate(path, 1000)


@pytest.mark.parametrize("damage", [lose, cut])
def test_publishing_again_stores_what_the_volume_lost(registry: Registry, damage: Callable[[Path], None]) -> None:
    content, project = os.urandom(100_000), registry.project().id
    registry.publish_large(at(project, "first"), content)
    name = hashlib.sha256(content).hexdigest()
    damage(registry.data / "volume/blobs" / name[:2] / name[2:4] / name)
    with capture_logs() as lines:
        registry.publish_large(at(project, "second"), content)
    assert [line["sha256"] for line in lines if line["log_level"] == "error"] == [name]
    assert registry.read(at(project, "second")) == content
    assert registry.read(at(project, "first")) == content


def test_publishing_again_mends_what_is_damaged_in_its_full_length(registry: Registry) -> None:
    content, project = os.urandom(100_000), registry.project().id
    registry.publish_large(at(project, "first"), content)
    name = hashlib.sha256(content).hexdigest()
    (registry.data / "volume/blobs" / name[:2] / name[2:4] / name).write_bytes(bytes(100_000))
    registry.publish_large(at(project, "second"), content)
    assert registry.read(at(project, "first")) == content


def test_on_another_volume_nothing_is_begun_and_nothing_kept(registry: Registry) -> None:
    content, project = os.urandom(100_000), registry.project().id
    begun = registry.begin(at(project, "under-way"))
    registry.send(begun.upload_id, content)
    nonce = registry.data / "volume/nonce"
    proved, blobs = nonce.read_bytes(), registry.blobs()
    nonce.write_bytes(bytes(len(proved)))
    try:
        assert ending(lambda: registry.begin(at(project))) == "DATA_UNUSABLE"
        assert ending(lambda: registry.commit(begun.upload_id, content)) == "DATA_UNUSABLE"
        assert registry.blobs() == blobs
    finally:
        nonce.write_bytes(proved)
    registry.publish_large(at(project), content)


def test_a_download_of_lost_content_is_refused_and_logged(registry: Registry) -> None:
    content, where = os.urandom(100_000), at(registry.project().id)
    registry.publish_large(where, content)
    name = hashlib.sha256(content).hexdigest()
    lose(registry.data / "volume/blobs" / name[:2] / name[2:4] / name)
    with capture_logs() as lines:
        assert ending(lambda: registry.read(where)) == "PACKAGE_FILE_NOT_FOUND"
    assert [line["sha256"] for line in lines if line["log_level"] == "error"] == [name]
