"""Two runs compared, and reports written anew."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conformance.__main__ import main
from conformance.evidence.folder import FILES
from tests.conformance.conftest import Ran
from tests.support.toy_registry import OWNER, Toy, toy_registry

Run = Callable[..., Ran]
CREATED = "publish.answers-created"
KEEPS = "publish.keeps-the-bytes"


@pytest.fixture
def other() -> Iterator[Toy]:
    with toy_registry() as toy:
        yield toy


def kept(ran: Ran, folder: Path) -> str:
    shutil.copytree(ran.out, folder)
    return str(folder)


def test_the_same_verdicts_do_not_differ(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = kept(run("--only", CREATED), tmp_path / "first")
    second = run("--only", CREATED).out / "results.json"
    assert main(["diff", first, str(second)]) == 0
    assert capsys.readouterr().out == "the same verdicts on 1 requirement\n"


def test_what_changed_is_new_or_is_gone_is_named(
    run: Run, toy: Toy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = kept(run("--only", CREATED, "--only", KEEPS), tmp_path / "first")
    toy.overrides["PUT", "-1/1.0.0/file.bin"] = (200, {})
    second = run("--only", CREATED, "--only", "download.is-octet-stream").out
    assert main(["diff", first, str(second)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"changed\t{CREATED}\tpass\tfail\tstatus: expected 201, got 200 OK with {{}}",
        f"gone\t{KEEPS}\tpass\tnone\t",
        "new\tdownload.is-octet-stream\tnone\tpass\t",
    ]


def test_what_is_no_run_is_wrong_usage(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(run("--only", CREATED).out)
    (tmp_path / "results.json").write_text('{"format": 2, "run": []}', encoding="utf-8")
    for wrong in (tmp_path, tmp_path / "nowhere", tmp_path / "owner.token"):
        for arguments in (["diff", out, str(wrong)], ["judge", str(wrong)]):
            assert main(arguments) == 2
            (sentence,) = capsys.readouterr().err.strip().splitlines()
            assert str(wrong) in sentence


def test_two_registries_are_compared(toy: Toy, other: Toy, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "token").write_text(OWNER, encoding="ascii")
    other.overrides["PUT", "-1/1.0.0/file.bin"] = (200, {})
    arguments = ["compare", toy.url, other.url, "--token-file", str(tmp_path / "token"), "--only", CREATED]
    arguments += ["--out", str(tmp_path / "both")]
    assert main(arguments) == 1
    assert f"changed\t{CREATED}\tpass\tfail\tstatus: expected 201, got 200 OK with {{}}" in capsys.readouterr().out
    assert sorted(path.name for path in (tmp_path / "both" / "second").iterdir()) == sorted(FILES)
    other.overrides.clear()
    assert main(arguments) == 0
    other.leave()
    assert main(arguments) == 4


def test_reports_are_written_anew_as_they_were(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    ran = run("--only", "publish.a*", "--only", "authentication.*")
    before = {name: (ran.out / name).read_bytes() for name in FILES}
    for name in FILES:
        if name not in {"results.json", "SHA256SUMS"}:
            (ran.out / name).unlink()
    assert main(["report", str(ran.out)]) == 0
    assert {name: (ran.out / name).read_bytes() for name in FILES} == before
    assert capsys.readouterr().out == ran.output


def test_no_reports_are_made_of_results_that_were_edited(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    ran = run("--only", CREATED)
    path = ran.out / "results.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"pass"', '"fail"'), encoding="utf-8")
    manifest = (ran.out / "SHA256SUMS").read_bytes()
    assert main(["report", str(ran.out)]) == 1
    assert "not written: results.json was edited at the head" in capsys.readouterr().out
    assert (ran.out / "SHA256SUMS").read_bytes() == manifest
