"""Fixtures of the suite's own tests: a toy registry and a program that judges it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.__main__ import main
from conformance.judging.results import FailureDetails, Judgement, Results, load
from tests.support.toy_registry import OWNER, Toy, toy_registry


@pytest.fixture
def toy() -> Iterator[Toy]:
    with toy_registry() as toy:
        yield toy


@dataclass(frozen=True)
class Ran:
    """One run of the program: its exit code, what it printed, and where its reports are."""

    code: int
    output: str
    errors: str
    out: Path

    @property
    def results(self) -> Results:
        return load(self.out / "results.json")

    def judgement(self, identifier: str) -> Judgement:
        return next(entry for entry in self.results.requirements if entry.id == identifier)

    def failure(self, identifier: str) -> FailureDetails:
        failure = self.judgement(identifier).failure
        assert failure is not None
        return failure


@pytest.fixture
def run(toy: Toy, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    token = tmp_path / "owner.token"
    token.write_text(OWNER + "\n", encoding="ascii")
    out = tmp_path / "out"

    def run(*options: str, url: str = toy.url, access: tuple[str, ...] = ("--token-file", str(token))) -> Ran:
        arguments = ["run", url, *access, "--out", str(out), "--large-bytes", "100KiB", *options]
        code = main([argument for argument in arguments if argument])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err, out)

    return run
