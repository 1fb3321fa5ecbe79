"""A small file system, which is soon full."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def small_volume(tmp_path: Path) -> Iterator[Path]:
    """Give a file system of 160 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m", "none", str(folder)], check=False)
    assert mounted.returncode == 0, "these tests mount a file system, and run as root"
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
