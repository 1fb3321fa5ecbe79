"""Runs of the suite against lawful registries, and against some that are not, so that the matrix can fail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.__main__ import main
from conformance.selftest.corruption import flipped
from conformance.selftest.faults.fault import CURRENT
from conformance.selftest.good_server import reference_server
from conformance.selftest.lawful.connections import LAWFUL
from conformance.selftest.lawful.registry import LawfulRegistry
from conformance.selftest.lawful.runs import LawfulRunner
from conformance.selftest.lawful.selection import Trial
from conformance.selftest.messages import Request, Response
from conformance.selftest.mutation import header, rewrite_response


def is_partial(_: Request, response: Response) -> bool:
    return response.status == 206


def with_a_wrong_byte(response: Response) -> Response:
    return replace(response, body=flipped(response.body, 7))


UNLAWFUL = {
    "other-bytes-than-the-range": LawfulRegistry(
        "A part of a file has a wrong byte.", "none", rewrite_response(is_partial, with_a_wrong_byte)
    ),
    "no-bytes": LawfulRegistry(
        "Its answers say that they have no bytes.",
        "none",
        rewrite_response(lambda *_: True, header("Content-Length", "0")),
    ),
}


@pytest.mark.slow
def test_a_lawful_registry_is_acquitted_and_unlawful_ones_are_convicted(tmp_path: Path) -> None:
    rows = {"no-keep-alive": LAWFUL["no-keep-alive"], **UNLAWFUL}
    done: list[str] = []
    with reference_server(tmp_path / "good", CURRENT) as good:
        trials = [Trial(name, CURRENT) for name in rows]
        found = LawfulRunner({CURRENT: good}, tmp_path, jobs=2).run(rows, trials, done.append)
    assert sorted(done) == sorted(rows)
    convictions = {trial.name: held for trial, held in found.items()}
    assert convictions["no-keep-alive"] == ()
    assert "fails download.range-of-bytes#body" in convictions["other-bytes-than-the-range"]
    assert convictions["no-bytes"][0].startswith("the run was refused")


@pytest.mark.parametrize("arguments", [["--lawful", "nothing-like-it"], ["--lawful", "nothing-like-it", "--quick"]])
def test_an_unknown_name_is_a_sentence_with_those_that_are_known(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["selftest", *arguments]) == 2
    assert "connections.no-keep-alive" in capsys.readouterr().err
