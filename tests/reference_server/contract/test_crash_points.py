"""The named steps at which a process dies for a test, and for nobody else."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reference_server.contract.crash_points import VARIABLE, CrashPoint

ROOT = Path(__file__).parents[3]
SERVER = ROOT / "reference_server"
REACHING = """
import sys
from reference_server.contract.crash_points import CrashPoint, reached
for name in sys.argv[1:]:
    reached(CrashPoint(name))
    print(name, flush=True)
"""
STAGED, SYNCED = CrashPoint.STORAGE_PUBLISH_STAGED, CrashPoint.STORAGE_PUBLISH_SYNCED


def reach(crash_file: Path | None, *points: CrashPoint) -> tuple[int, int]:
    """Reach points in a process; return how many it came past, and its exit code."""
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    if crash_file is not None:
        environment[VARIABLE] = str(crash_file)
    ended = subprocess.run([sys.executable, "-c", REACHING, *points], env=environment, capture_output=True, check=False)
    return len(ended.stdout.splitlines()), ended.returncode


def test_a_process_dies_at_the_point_that_its_file_names_and_removes_the_file(tmp_path: Path) -> None:
    file = tmp_path / "crash"
    file.write_text("storage.publish.synced 2 anything", encoding="ascii")
    assert reach(file, SYNCED, STAGED, STAGED, SYNCED, STAGED) == (3, -signal.SIGKILL)
    assert not file.exists()
    assert reach(file, SYNCED, SYNCED, SYNCED) == (3, 0)


@pytest.mark.parametrize("told", [None, "", "storage.publish.staged 1"])
def test_a_process_that_was_told_nothing_comes_past_every_point(tmp_path: Path, told: str | None) -> None:
    file = tmp_path / "crash"
    if told:
        file.write_text(told, encoding="ascii")
    assert reach(None if told is None or told else file, *CrashPoint) == (len(CrashPoint), 0)


def test_every_point_is_reached_by_the_half_that_it_names() -> None:
    for point in CrashPoint:
        half = "frontend" if point.startswith("frontend.") else "storage"
        calls = [
            path for path in (SERVER / half).rglob("*.py") if f"reached(CrashPoint.{point.name})" in path.read_text()
        ]
        assert calls, f"nothing in {half} reaches {point}"


def test_the_contract_says_of_every_point_what_a_crash_there_leaves() -> None:
    rows = (SERVER / "DURABILITY.md").read_text(encoding="utf-8").splitlines()
    assert {point for point in CrashPoint if not any(row.startswith(f"| `{point}` |") for row in rows)} == set()
