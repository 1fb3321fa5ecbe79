"""The self-test command: what it refuses, what it says of a registry it cannot use, and the whole of it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from conformance.__main__ import main
from conformance.selftest.differences import compare
from conformance.selftest.fault_runs import Selection, fault_runner
from conformance.selftest.faults.catalogue import every_fault
from conformance.selftest.faults.fault import CURRENT
from conformance.selftest.good_server import reference_server
from conformance.selftest.matrix import load

EVERY = 30
EVERY_BY_ALL = 5


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text("glpat-of-the-administrator")
    return path


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--good-url", "http://127.0.0.1:1"], "give --good-url together with --good-token-file"),
        (["--good-token-file", "absent"], "give --good-url together with --good-token-file"),
        (["--good-url", "http://127.0.0.1:1", "--good-token-file", "absent"], "cannot be read"),
        (["--jobs", "0"], "--jobs must be at least 1"),
        (["--quick", "--update"], "--update needs whole runs"),
        (["--gitlab", "16.8"], "made of a good one of GitLab 16.8; there are some of 15.0, 18.1, 19.0"),
        (["--fault", "nothing-like-it"], "no broken registry is named nothing-like-it"),
    ],
)
def test_wrong_usage_is_a_sentence_and_exit_code_2(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["selftest", *arguments]) == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("url", ["https://127.0.0.1:1", "http://127.0.0.1:1/gitlab"])
def test_a_registry_that_the_proxy_cannot_front_is_wrong_usage(
    url: str, token_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["selftest", "--good-url", url, "--good-token-file", str(token_file)]) == 2
    assert "must be plain http without a path" in capsys.readouterr().err


def test_a_registry_that_is_down_is_a_sentence_and_exit_code_4(
    token_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert main(["selftest", "--good-url", f"http://127.0.0.1:{port}", "--good-token-file", str(token_file)]) == 4
    assert "Nothing can be made of the registry" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_broken_registry_is_found_out_by_the_requirements_of_its_row(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["selftest", "--quick"])
    assert code == 0, capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_sample_of_the_broken_registries_does_nothing_else_in_its_reach_and_beyond_it(tmp_path: Path) -> None:
    current = {name: fault for name, fault in every_fault().items() if fault.measure == CURRENT}
    judged = {name: current[name] for name in list(current)[::EVERY]}
    done: list[str] = []
    with reference_server(tmp_path, CURRENT) as registry, fault_runner({CURRENT: registry}, jobs=4) as runner:
        _, reaches = runner.baseline(judged)
        by_all = list(reaches)[::EVERY_BY_ALL]
        observed = runner.run(judged, done.append, Selection(reaches=reaches, exhaustive=by_all))
    assert len(done) == len(judged)
    assert by_all
    assert [each for name, seen in observed.items() for each in compare(name, load().rows[name], seen)] == []
