"""The soak, in a short form, and what counts as bounded."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.soak.__main__ import main
from tests.soak.samples import Sample, grown, is_bounded

ROOT = Path(__file__).parents[2]


def test_clients_leave_no_descriptor_and_no_staged_file_and_see_no_error(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.soak", "--minutes", "0.05", "--clients", "4", "--folder", str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    # So short a time is all warm-up: memory alone may be the reason for 1.
    assert ended.returncode in {0, 1}, ended.stderr
    assert "times" not in ended.stdout
    assert ", 0 after" in ended.stdout


@pytest.mark.parametrize("arguments", [["--minutes", "0"], ["--clients", "0"]])
def test_a_command_without_work_is_refused(arguments: list[str]) -> None:
    assert main(arguments) == 2


def test_memory_is_compared_from_after_the_warm_up_to_the_end() -> None:
    sizes = [50] * 20 + [100] * 70 + [109] * 10
    samples = [Sample(number, {"storage": size}, {}, 0) for number, size in enumerate(sizes)]
    assert grown(samples) == {"storage": (100, 109)}
    assert is_bounded(100, 109)
    assert not is_bounded(100, 111)
