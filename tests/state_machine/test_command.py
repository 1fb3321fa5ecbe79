"""The command behind tools/state-machine, for a few steps."""

import pytest
from hypothesis import Phase

from tests.state_machine import machine
from tests.state_machine.__main__ import main
from tests.state_machine.client import ProjectClient
from tests.state_machine.model import Content, Operation, Outcome


@pytest.mark.slow
def test_the_server_does_as_the_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--steps", "60", "--seed", "3"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("seed 3: ")
    assert "0 divergences" in last


@pytest.mark.slow
def test_a_server_that_answers_otherwise_is_told_with_what_it_was_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    as_it_is = ProjectClient.do

    def wrong(client: ProjectClient, operation: Operation) -> Outcome:
        outcome = as_it_is(client, operation)
        return Outcome(200, content=Content(b"stale")) if outcome.status == 404 else outcome

    monkeypatch.setattr(ProjectClient, "do", wrong)
    monkeypatch.setattr(machine, "_PHASES", (Phase.generate,))  # making it small takes a minute
    assert main(["--steps", "2000"]) == 1
    output = capsys.readouterr().out
    assert "DivergenceError" in output
    assert "1 divergences" in output.splitlines()[-1]


def test_no_steps_are_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--steps", "0"]) == 2
    assert "--steps" in capsys.readouterr().err
