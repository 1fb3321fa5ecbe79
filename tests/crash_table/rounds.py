"""One round: clients act, a half dies at a point or at any moment, is started again, and everything is audited."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reference_server.contract.crash_points import CrashPoint
from reference_server.contract.limits import SMALL_CONTENT_BYTES
from tests.crash_table.audit import Audit, Findings
from tests.crash_table.expected import ExpectedFile, ExpectedPackage, ExpectedRegistry, PackageState
from tests.crash_table.halves import Half, Halves, HalvesError
from tests.crash_table.load import Client, Load, Operator, Place, content_of
from tests.support.front_end import Served

ANY_MOMENT = ("storage, at any moment", "front end, at any moment")
"""Besides the points: kills by the clock, wherever the processes are."""

KINDS = (*CrashPoint, *ANY_MOMENT)
"""Everything that a round may be about."""

ANCHOR, ANCHOR_FILE = "anchor", "anchor.bin"
"""The package and the file that are there from the beginning, and that nobody changes."""

_AT_START = tuple(point for point in CrashPoint if ".sweep." in point)
_PLANTED = 3
_CLIENTS = 6
_LATEST_TIME = 10  # a point is one that is reached at most for the so-many-th time
_LATEST_MOMENT_SECONDS = 0.3
_ROUND_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Round:
    """What came of a round: which half died, and how many changes were acknowledged before, and what was found."""

    kind: str
    died: bool
    acknowledged: int
    findings: Findings


@dataclass(slots=True)
class Rounds:
    """A server with its clients, round after round on the same data."""

    halves: Halves
    place: Place
    registry: ExpectedRegistry
    load: Load
    random: random.Random
    _number: int = 0

    def run(self, kind: str) -> Round:
        """Run one round. Raise HalvesError when a half does not come back."""
        self._number += 1
        before = self.load.acknowledged
        died = self._crash_at_start(CrashPoint(kind)) if kind in _AT_START else self._crash_under_load(kind)
        self.halves.await_service(self.place.file(ANCHOR, "nothing"))
        audit = Audit(self.halves.served, self.place, self.halves.data)
        findings = audit.look_at(self.registry)
        if not died:
            findings.miscounts += self.load.refusals
        return Round(kind, died, self.load.acknowledged - before, findings)

    def _crash_under_load(self, kind: str) -> bool:
        """Have a half die while clients act, and start it again; return whether it died."""
        with self.load.running():
            half = self._killed(kind) if kind in ANY_MOMENT else self._died_at(CrashPoint(kind))
            if half is not None:
                half.start()
        if half in self.halves.front_ends:
            # What the dead front end had asked for may still be under way until the storage has drained.
            self.halves.storage.stop()
            self.halves.storage.start()
        return half is not None

    def _died_at(self, point: CrashPoint) -> Half | None:
        self.halves.arm(point, self.random.randint(1, _LATEST_TIME), self._number)
        half = self.halves.await_death(_ROUND_SECONDS)
        if self.halves.disarm() and half is not None:
            raise HalvesError(f"{half.name} died, but not at {point}; see {half.log}")
        return half

    def _killed(self, kind: str) -> Half:
        """Kill the storage or one of the front ends after a while."""
        half = self.halves.storage
        if not kind.startswith("storage"):
            half = self.random.choice(list(self.halves.front_ends))
        time.sleep(self.random.uniform(0, _LATEST_MOMENT_SECONDS))
        half.kill()
        return half

    def _crash_at_start(self, point: CrashPoint) -> bool:
        """Plant what a sweep is for, and have the storage die over it when it starts; return whether it died."""
        storage = self.halves.storage
        with self.load.running():
            time.sleep(self.random.uniform(0, _LATEST_MOMENT_SECONDS))
            storage.kill()
        _plant(self.halves.data / "volume", self._number, self._large_contents())
        # What is brought back is planted once: all else so often that another of them may be the one.
        times = 1 if point is CrashPoint.STORAGE_SWEEP_BROUGHT_BACK else _PLANTED
        self.halves.arm(point, self.random.randint(1, times), self._number)
        storage.start()
        died = self.halves.await_death(_ROUND_SECONDS)
        self.halves.disarm()
        if died is not None:
            died.start()
        return died is storage

    def _large_contents(self) -> list[str]:
        """Return the digests of acknowledged large content that no pending change may remove."""
        anchor = next(package for package in self.registry.packages if package.name == ANCHOR)
        return [file.sha256 for file in anchor.state.files]


@contextmanager
def started_rounds(folder: Path, seed: str) -> Iterator[Rounds]:
    """Start a server below a folder, with a project and its clients; kill it when the block ends."""
    halves, chance = Halves(folder), random.Random(seed)
    try:
        halves.start()
        halves.await_service("/-/readiness")
        place, registry, load = furnish(halves.served, chance)
        yield Rounds(halves, place, registry, load, chance)
    finally:
        halves.kill()


def furnish(served: Sequence[Served], chance: random.Random) -> tuple[Place, ExpectedRegistry, Load]:
    """Make a group and a project on an empty server, publish the file that stays, and engage the clients."""
    first = served[0]
    group = first.post("/groups", {"name": "Crashes", "path": "crashes"}).json()["id"]
    project = first.post("/projects", {"name": "Files", "path": "files", "namespace_id": group}).json()["id"]
    place = Place(int(project), "crashes")
    packages = [ExpectedPackage(f"package-{number}") for number in range(_CLIENTS)]
    registry = ExpectedRegistry([*packages, _anchored(first, place)])
    actors: list[Client | Operator] = [
        Client(served[number % len(served)], place, package, random.Random(chance.random()))
        for number, package in enumerate(packages)
    ]
    actors.append(Operator(first, place, registry, random.Random(chance.random())))
    return place, registry, Load(actors)


def _anchored(served: Served, place: Place) -> ExpectedPackage:
    """Publish a large file that nobody will change."""
    content = content_of(-1, 2 * SMALL_CONTENT_BYTES)
    row = served.send("PUT", f"{place.file(ANCHOR, ANCHOR_FILE)}?select=package_file", content).json()
    file = ExpectedFile(ANCHOR_FILE, hashlib.sha256(content).hexdigest(), len(content), int(row["id"]))
    return ExpectedPackage(ANCHOR, PackageState(int(row["package_id"]), (file,)))


def _plant(volume: Path, number: int, known: list[str]) -> None:
    """Leave orphans and strays on the volume, as crashes do, and known content in the trash."""
    for copy in range(_PLANTED):
        content = b"nobody's" + number.to_bytes(8, "big") + bytes([copy]) + os.urandom(100_000)
        name = hashlib.sha256(content).hexdigest()
        folder = volume / "blobs" / name[:2] / name[2:4]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        (volume / "staging" / name[:32]).write_bytes(content)
    for name in known:
        shutil.move(volume / "blobs" / name[:2] / name[2:4] / name, volume / "trash" / name)
