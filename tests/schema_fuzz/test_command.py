"""The command behind tools/schema-fuzz, without its calls; those take minutes."""

import pytest

from reference_server.frontend.rest import description
from tests.schema_fuzz import __main__ as command


def test_no_calls_are_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--calls", "0"]) == 2
    assert "--calls" in capsys.readouterr().err


@pytest.mark.parametrize(("ended", "expected"), [(1, 1), (2, 2), (3, 2), (-9, 2)])
def test_a_defect_ends_with_1_and_a_failure_of_schemathesis_with_2(
    monkeypatch: pytest.MonkeyPatch, ended: int, expected: int
) -> None:
    monkeypatch.setattr(command, "_round", lambda _calls, _seed: (ended, 10))
    assert command.main(["--calls", "20"]) == expected


def test_rounds_go_on_with_other_seeds_until_there_were_enough_calls(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rounds: list[tuple[int, int]] = []

    def made(calls: int, seed: int) -> tuple[int, int]:
        rounds.append((calls, seed))
        return 0, 1_500

    monkeypatch.setattr(command, "_round", made)
    assert command.main(["--calls", "4000", "--seed", "7"]) == 0
    assert rounds == [(2_000, 7), (2_000, 8), (1_000, 9)]
    assert "4500 calls" in capsys.readouterr().out


def test_the_examples_name_what_is_created() -> None:
    text = description._DESCRIPTION.body.decode()
    assert 'package_version: {name: package_version, in: path, required: true, example: "1.0"' in text
