"""Content that is freed beside the answer."""

import os
import threading
from pathlib import Path

import pytest

from reference_server.storage.blobs.local_disk import LocalDisk
from tests.support.storage import SECONDS, at, running


def test_a_deletion_is_answered_before_its_content_is_freed_and_a_stop_waits_for_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed, removing = threading.Event(), LocalDisk.remove

    def remove(store: LocalDisk, sha256: bytes) -> None:
        allowed.wait(SECONDS)
        removing(store, sha256)

    monkeypatch.setattr(LocalDisk, "remove", remove)
    with running(tmp_path) as registry:
        project = registry.project().id
        for number in range(3):
            package = registry.publish_large(at(project, f"file-{number}"), os.urandom(100_000)).package_id
        registry.delete_package(project, package)
        assert len(registry.blobs()) == 3
        allowed.set()
    assert registry.blobs() == set()
