"""Edits of the evidence: one flipped byte anywhere is found, and the exchange that was edited is named."""

import json
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.__main__ import main
from conformance.evidence.chain import chained, edited_links
from conformance.evidence.folder import FILES, REPORTS, edits_in
from conformance.evidence.manifest import write_manifest
from tests.conformance.conftest import Ran

Run = Callable[..., Ran]
FLIPS = 60
SEED = 20260102


@pytest.fixture
def out(run: Run) -> Path:
    return run("--only", "publish.a*", "--only", "authentication.*").out


def test_what_nobody_edited_is_intact(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(out)]) == 0
    assert capsys.readouterr().out == f"intact: {len(FILES)} files\n"


def test_one_flipped_byte_anywhere_is_found_and_its_file_named(out: Path) -> None:
    chance = random.Random(SEED)
    for name in FILES:
        whole = (out / name).read_bytes()
        for _ in range(FLIPS):
            position, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
            flipped = bytes([whole[position] ^ bit])
            (out / name).write_bytes(whole[:position] + flipped + whole[position + 1 :])
            edits = edits_in(out)
            assert any(edit.startswith(name) for edit in edits), (name, position, bit, edits)
        (out / name).write_bytes(whole)
    assert edits_in(out) == []


def test_the_edited_exchanges_are_named(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads((out / "results.json").read_bytes())
    for number in (3, 5):
        document["exchanges"][number - 1]["seconds"] = 99.0
    (out / "results.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    assert main(["verify", str(out)]) == 1
    assert capsys.readouterr().out == "results.json was edited at exchange 3, exchange 5\n"


def test_an_edit_is_named_also_where_the_manifest_was_written_anew(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads((out / "results.json").read_bytes())
    document["exchanges"][2]["seconds"] = 99.0
    (out / "results.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    write_manifest(out, REPORTS)
    assert main(["verify", str(out)]) == 1
    assert capsys.readouterr().out == "results.json was edited at exchange 3, and SHA256SUMS was written anew\n"


def test_an_edited_verdict_is_named_as_the_head() -> None:
    document = chained({"outcome": "nonconformant", "exchanges": [{"number": 1}, {"number": 2}]})
    assert edited_links(document) == []
    assert edited_links({**document, "outcome": "conformant"}) == ["the head"]


def test_an_exchange_that_is_missing_or_added_does_not_fit_the_chain() -> None:
    document = chained({"exchanges": [{"number": 1}, {"number": 2}]})
    assert edited_links({**document, "exchanges": [{"number": 1}]}) == ["exchange 2"]
    assert edited_links({**document, "exchanges": [*document["exchanges"], {"number": 3}]}) == ["exchange 3"]
    assert edited_links({**document, "exchanges": document["exchanges"][::-1]}) == ["exchange 1", "exchange 2"]


def test_a_missing_file_is_named(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (out / "junit.xml").unlink()
    assert main(["verify", str(out)]) == 1
    assert "junit.xml cannot be read: No such file or directory" in capsys.readouterr().out


def test_a_missing_manifest_is_no_intact_evidence(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (out / "SHA256SUMS").unlink()
    assert main(["verify", str(out)]) == 1
    assert "SHA256SUMS cannot be read" in capsys.readouterr().out


def test_a_folder_without_evidence_is_wrong_usage(tmp_path: Path) -> None:
    assert main(["verify", str(tmp_path)]) == 2
    assert main(["verify", str(tmp_path / "nowhere")]) == 2


def test_other_programs_can_check_the_manifest(out: Path) -> None:
    program = shutil.which("sha256sum")
    assert program is not None
    subprocess.run([program, "--check", "--strict", "SHA256SUMS"], cwd=out, check=True)


def test_the_help_says_what_is_not_proven(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["verify", "--help"])
    assert "It does not prove who ran the suite" in capsys.readouterr().out
