"""The commands on the data as a whole, run as an operator runs them."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from reference_server.programs.command_line import main

Command = Callable[..., "Ended"]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code, its report, and what it wrote to standard error."""

    code: int
    report: dict[str, Any]
    errors: str

    def found(self) -> dict[str, str]:
        """Return what was found, by its subject."""
        return {row["subject"]: row["finding"] for row in self.report["rows"]}


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """Run a command on a data directory; logging is set back afterwards."""

    def run(data: Path, *arguments: object) -> Ended:
        capsys.readouterr()
        code = main(["admin", "--data", str(data), *map(str, arguments), "--json"])
        written = capsys.readouterr()
        return Ended(code, json.loads(written.out) if written.out else {}, written.err)

    yield run
    structlog.reset_defaults()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def blob(folder: Path, content: bytes) -> Path:
    """Return the file of large content in a data directory or a backup."""
    name = digest(content)
    return folder / "volume/blobs" / name[:2] / name[2:4] / name
