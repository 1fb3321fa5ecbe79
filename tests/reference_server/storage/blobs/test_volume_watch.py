"""The watch on the volume: gone, another one, or one that hangs."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from structlog.testing import capture_logs

from reference_server.storage.blobs import volume_watch
from reference_server.storage.blobs.volume_proof import VolumeProof, write_proof
from reference_server.storage.blobs.volume_watch import VolumeWatch


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volume_watch, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(volume_watch, "_PATIENCE_SECONDS", 0.05)


@asynccontextmanager
async def watched(proof: VolumeProof) -> AsyncIterator["asyncio.Queue[bool]"]:
    """Give what the watch tells."""
    told: asyncio.Queue[bool] = asyncio.Queue()
    task = asyncio.create_task(VolumeWatch(proof, told.put).run())
    try:
        yield told
    finally:
        task.cancel()


async def test_a_volume_that_goes_away_and_comes_back_is_told_and_logged_once_each(tmp_path: Path) -> None:
    volume = tmp_path / "volume"
    volume.mkdir()
    with capture_logs() as lines:
        async with watched(write_proof(volume)) as told:
            volume.rename(tmp_path / "away")
            assert not await told.get()
            await asyncio.sleep(0.1)
            (tmp_path / "away").rename(volume)
            assert await told.get()
            await asyncio.sleep(0.1)
            assert told.empty()
    about_it = [line["log_level"] for line in lines if line.get("volume") == str(volume)]  # others' servers log too
    assert about_it == ["error", "warning"]


async def test_another_volume_in_its_place_counts_as_gone(tmp_path: Path) -> None:
    async with watched(write_proof(tmp_path)) as told:
        (tmp_path / "nonce").write_bytes(bytes(32))
        assert not await told.get()


async def test_a_volume_that_hangs_counts_as_gone_until_it_answers() -> None:
    class Hanging:
        root = Path("volume")
        answers = threading.Event()
        looks = 0

        def is_there(self) -> bool:
            self.looks += 1
            return self.answers.wait(30)

    proof = Hanging()
    async with watched(cast("VolumeProof", proof)) as told:
        assert not await told.get()
        await asyncio.sleep(0.2)
        assert proof.looks == 1
        proof.answers.set()
        assert await told.get()
