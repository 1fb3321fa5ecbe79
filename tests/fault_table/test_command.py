"""The command behind tools/fault-table, on two faults that are quickly made; one needs root, as other tests do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fault_table.__main__ import main
from tests.fault_table.fault import Fault, Need
from tests.fault_table.rows import Row, run_row
from tests.fault_table.setting import ORDINARY

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("pattern", ["content with a flipped bit*", "volume gone, and back"])
def test_a_fault_ends_as_expected_and_loses_nothing(tmp_path: Path, pattern: str) -> None:
    command = [sys.executable, "-m", "tests.fault_table", "--fault", pattern, "--folder", str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "1 as expected" in ended.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_fault_that_is_not_there_is_refused_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--fault", "nothing"]) == 2
    assert "volume gone, and back" in capsys.readouterr().err


def test_a_fault_that_cannot_be_made_is_not_run_and_not_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert main(["--fault", "volume read-only", "--folder", str(tmp_path)]) == 1
    assert "not run: needs root" in capsys.readouterr().out


@pytest.mark.parametrize(("seen", "lost"), [("503", []), ("200", ["a file"])])
def test_what_is_not_as_expected_or_lost_is_not_sound(seen: str, lost: list[str]) -> None:
    fault = Fault("nothing", "200", lambda _: iter(()), [], ORDINARY)
    assert Row(fault, "200", [], []).sound
    assert not Row(fault, seen, lost, []).sound


def test_what_only_root_can_do_is_not_tried_by_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    row = run_row(Fault("root's", "", lambda _: iter(()), [Need.ROOT], ORDINARY), tmp_path)
    assert row.lacking == [Need.ROOT]
    assert not row.sound
