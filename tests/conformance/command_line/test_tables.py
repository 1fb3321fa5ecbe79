"""The command that prints the outcome tables and validation lists with their verdicts."""

from pathlib import Path

import pytest

from conformance.__main__ import main
from conformance.command_line.tables import ROWS
from conformance.reports import progress
from conformance.requirements.catalogue import load_catalogue
from conformance.requirements.model import Edition
from tests.support.toy_registry import OWNER, Toy


@pytest.mark.slow
def test_every_row_holds_on_the_reference_server_in_both_editions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tables"]) == 0
    heads, *lines = (line.split("\t") for line in capsys.readouterr().out.splitlines() if "\t" in line)
    assert heads == ["row", "edition 15", "edition current", "what follows"]
    for column, edition in ((1, Edition.FIFTEEN), (2, Edition.CURRENT)):
        passed = {line[0] for line in lines if line[column] == "pass"}
        assert passed == {row.id for row in load_catalogue().select(edition=edition, only=ROWS)}


def test_a_row_that_does_not_hold_is_shown(toy: Toy, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    token = tmp_path / "token"
    token.write_text(OWNER, encoding="ascii")
    assert main(["tables", toy.url, "--token-file", str(token)]) == 1
    shown = capsys.readouterr().out
    assert "outcome.put-public-invalid-job-is-401\tfail\t" in shown
    assert f"python -m conformance run {toy.url} --token-file {token} --edition current --only " in shown
    assert " fail, " in shown.splitlines()[-1]


def test_a_registry_that_goes_away_is_said_and_is_exit_code_4(
    toy: Toy, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def go_away(_silence: object, requirement_id: str) -> None:
        if requirement_id == "validation.version-may-have-a-prefix":
            toy.leave()

    monkeypatch.setattr(progress.Silence, "begins", go_away)
    token = tmp_path / "token"
    token.write_text(OWNER, encoding="ascii")
    assert main(["tables", toy.url, "--token-file", str(token)]) == 4
    assert "(gone after " in capsys.readouterr().out


def test_a_url_without_a_token_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tables", "http://127.0.0.1:1"]) == 2
    assert "--token-file" in capsys.readouterr().err
