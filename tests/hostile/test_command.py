"""The command behind tools/hostile-load, with few connections and little time."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.__main__ import main
from tests.hostile.manners import MANNERS

ROOT = Path(__file__).parents[2]
CONNECTIONS = 4 * len(MANNERS)


@pytest.mark.slow
def test_ordinary_clients_see_no_error_beside_hostile_ones(tmp_path: Path) -> None:
    # In a test run the processors do other things too: that p99 holds is for the command to show.
    arguments = ["--connections", CONNECTIONS, "--seconds", 4, "--times", 1000, "--folder", tmp_path]
    command = [sys.executable, "-m", "tests.hostile", *map(str, arguments)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    rows = {cells[1].strip(): cells[2:] for line in ended.stdout.splitlines() if (cells := line.split("│"))[1:]}
    for manner in MANNERS:
        connections, opened, sent = (int(cell) for cell in rows[manner][:3])
        assert (connections, opened >= connections, sent > 0) == (CONNECTIONS // len(MANNERS), True, True)
    for measurement in ("alone", "beside hostile ones"):
        requests, errors = (int(cell) for cell in rows[measurement][:2])
        assert (requests > 100, errors) == (True, 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments", [["--connections", "3"], ["--seconds", "0"], ["--times", "0"], ["--manner", "polite"]]
)
def test_a_command_that_could_show_nothing_is_refused(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(arguments) == 2
    output = capsys.readouterr()
    assert (output.out, "manners are slow head, " in output.err) == ("", True)
