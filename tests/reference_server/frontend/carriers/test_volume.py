"""The proof that a volume is shared."""

from pathlib import Path

import pytest
from generic_packages.storage.v1.content_pb2 import DescribeVolumeResponse

from reference_server.frontend.carriers.volume import shared_root

NONCE = bytes(range(32))


def test_the_nonce_at_its_place_proves_the_volume(tmp_path: Path) -> None:
    (tmp_path / "nonce").write_bytes(NONCE)
    assert shared_root(DescribeVolumeResponse(root=str(tmp_path), nonce_path="nonce", nonce=NONCE)) == tmp_path


@pytest.mark.parametrize("found", [None, b"", NONCE[:-1], NONCE + b"x", bytes(32)])
def test_anything_else_at_its_place_does_not(tmp_path: Path, found: bytes | None) -> None:
    if found is not None:
        (tmp_path / "nonce").write_bytes(found)
    assert shared_root(DescribeVolumeResponse(root=str(tmp_path), nonce_path="nonce", nonce=NONCE)) is None


def test_a_nonce_outside_the_root_is_not_looked_for(tmp_path: Path) -> None:
    (tmp_path / "nonce").write_bytes(NONCE)
    root = tmp_path / "root"
    root.mkdir()
    assert shared_root(DescribeVolumeResponse(root=str(root), nonce_path="../nonce", nonce=NONCE)) is None


def test_an_empty_nonce_proves_nothing(tmp_path: Path) -> None:
    (tmp_path / "nonce").write_bytes(b"")
    assert shared_root(DescribeVolumeResponse(root=str(tmp_path), nonce_path="nonce", nonce=b"")) is None
