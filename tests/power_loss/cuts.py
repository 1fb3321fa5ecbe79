"""The states that a power cut may leave after each call, laid down in a folder and audited."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.power_loss.audit import Findings, audit
from tests.power_loss.disk import Disk
from tests.power_loss.recording import Recording
from tests.power_loss.replay import moments

KINDS = ("nothing unsynced is there", "some of it", "all of it")
"""What of all that was not synced is there."""


def power_cuts(recording: Recording, data: Path, every: int, chance: random.Random) -> Iterator[tuple[str, Findings]]:
    """Yield what is found after cuts, of each kind."""
    changes = 0
    for moment in moments(recording):
        changes += moment.changed
        if not moment.changed or changes % every:
            continue
        promises = [promise for promise in recording.promises if promise.at <= moment.until]
        for kind in KINDS:
            _lay(data, _state(moment.disk, kind, chance))
            yield kind, audit(data, promises)


def _state(disk: Disk, kind: str, chance: random.Random) -> dict[str, bytes]:
    if kind == KINDS[0]:
        return disk.without_unsynced()
    return disk.with_some(chance) if kind == KINDS[1] else disk.with_all()


def _lay(folder: Path, files: dict[str, bytes]) -> None:
    """Make a folder hold these files alone."""
    shutil.rmtree(folder, ignore_errors=True)
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
