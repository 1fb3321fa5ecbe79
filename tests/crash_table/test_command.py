"""The command behind tools/crash-table, on a sample of the points."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.crash_table.__main__ import main

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_whoever_dies_where_nothing_is_lost_partial_or_left_behind() -> None:
    # The path of a unix socket may have 107 bytes: a folder of pytest's may be too deep for it.
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["--rounds", "14", "--servers", "2", "--folder", folder]
        command = [sys.executable, "-m", "tests.crash_table", *arguments]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert list(Path(folder).iterdir()) == []
    total = [cell.strip() for cell in ended.stdout.splitlines()[-3].split("│")]
    assert total[1:4] == ["all", "14", "14"]
    assert total[5:9] == ["0", "0", "0", "0"]


@pytest.mark.parametrize("arguments", [["--point", "nowhere"], ["--rounds", "0"], ["--servers", "0"]])
def test_a_command_without_work_is_refused_with_the_points_that_there_are(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(arguments) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert "storage.publish.renamed" in output.err
