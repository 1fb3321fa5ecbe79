"""The line that repeats a whole trial: pasted into a shell, it shows what the suite saw."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.conformance.conftest import Ran
from tests.conformance.transport.test_reproduction import needs_curl
from tests.support.toy_registry import OWNER, Toy

Run = Callable[..., Ran]


def pasted(line: str, folder: Path) -> str:
    environment = {"TOKEN": OWNER, "PATH": "/usr/bin:/bin", "TMPDIR": str(folder)}
    command = ["sh", "-c", line]
    ended = subprocess.run(command, check=False, env=environment, capture_output=True, timeout=30, cwd=folder)
    return ended.stdout.decode("utf-8", "replace")


@needs_curl
def test_a_broken_upload_stands_before_the_download_that_shows_it(run: Run, toy: Toy, tmp_path: Path) -> None:
    line = run("--only", "framing.short-*").failure("framing.short-body-leaves-nothing").curl
    assert line is not None
    assert "\n" not in line
    toy.files.clear()
    assert "200 OK" in pasted(line, tmp_path)
    assert [len(content) for content in toy.files.values()] == [1000]


@needs_curl
def test_uploads_are_made_on_the_spot_and_digests_tell_downloads_apart(run: Run, toy: Toy, tmp_path: Path) -> None:
    toy.overrides["GET", "-1/1.0.0/file.bin"] = (200, {"other": "\0"})
    toy.raw = b"\xff\0not what was sent"
    line = run("--only", "publish.keeps-the-bytes").failure("publish.keeps-the-bytes").curl
    assert line is not None
    toy.files.clear()
    shown = pasted(line, tmp_path)
    digests = [words.split()[0] for words in shown.splitlines() if words.endswith(".bin")]
    assert len(digests) == len(set(digests)) == 2
    assert [len(content) for content in toy.files.values()] == [3000]


@needs_curl
def test_what_several_trials_share_is_published_first(run: Run, toy: Toy, tmp_path: Path) -> None:
    identifier = "download.range-of-bytes"
    large = "large.range-deep-inside"
    ran = run("--only", identifier, "--only", large)
    for failed, size in ((identifier, 3000), (large, 102_400)):
        line = ran.failure(failed).curl
        assert line is not None
        toy.files.clear()
        assert "200 OK" in pasted(line, tmp_path)
        assert [len(content) for content in toy.files.values()] == [size]


@needs_curl
def test_what_was_under_way_at_the_same_time_is_so_again(run: Run, toy: Toy, tmp_path: Path) -> None:
    toy.overrides["PUT", "file-3.bin"] = (409, {"message": "busy"})
    line = run("--only", "publish.parallel-first-*-succeed").failure("publish.parallel-first-uploads-succeed").curl
    assert line is not None
    assert " & wait; }" in line
    toy.files.clear()
    assert "409 Conflict" in pasted(line, tmp_path)
    assert len(toy.files) == line.count("--upload-file") - 1 > 0


@needs_curl
def test_what_went_over_one_connection_does_so_again(run: Run, toy: Toy, tmp_path: Path) -> None:
    toy.overrides["GET", "/1.0.0/file.bin"] = (404, {"message": "gone"})
    line = run("--only", "framing.connection-is-reused").failure("framing.connection-is-reused").curl
    assert line is not None
    assert line.count(" --next ") == 1
    toy.ports.clear()
    assert "404 Not Found" in pasted(line, tmp_path)
    assert len(set(toy.ports)) == 1
