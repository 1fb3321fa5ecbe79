"""The command: starts servers, and lets schemathesis call them until there were as many calls as are asked for."""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import yaml

from tests.support.front_end import Served
from tests.support.server_process import started_server

_CHECKS = "not_a_server_error,status_code_conformance"
_MOST_CALLS_A_SERVER = 2_000
_DESCRIPTION = "/-/openapi.yaml"
_ENDED = (0, 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0 without a defect, 1 with one, 2 on wrong usage or when schemathesis itself fails."""
    told = _parser().parse_args(arguments)
    if told.calls < 1:
        sys.stderr.write("schema-fuzz: --calls must be at least 1\n")
        return 2
    calls = rounds = 0
    while calls < told.calls:
        left = min(told.calls - calls, _MOST_CALLS_A_SERVER)
        ended, made = _round(left, told.seed + rounds)
        calls, rounds = calls + made, rounds + 1
        sys.stdout.write(f"{min(calls, told.calls)} of {told.calls} calls\n")
        sys.stdout.flush()
        if ended:
            return ended if ended in _ENDED else 2
    sys.stdout.write(f"seed {told.seed}: {calls} calls, no 5xx, no status that is not described\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tools/schema-fuzz", description="Call servers as schemathesis derives it from the description of the API."
    )
    parser.add_argument("--calls", type=int, default=5_000, metavar="N", help="at least as many (default 5000)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="what decides the calls (default 1)")
    return parser


def _round(calls: int, seed: int) -> tuple[int, int]:
    """Call a new server about so many times; return how schemathesis ended and how many calls there were.

    Calls may revoke the token that they carry or delete what there is, therefore a server is not called for long.
    """
    with (
        tempfile.TemporaryDirectory(prefix="schema-fuzz-") as folder,
        started_server(Path(folder)) as (_, served),
    ):
        _fill(served)
        ended = _run_schemathesis(Path(folder), served, calls, seed)
        return ended, (Path(folder) / "log").read_text().count('"event":"request"')


def _fill(served: Served) -> None:
    """Create what the examples of the description name."""
    group = served.post("/groups", {"name": "Group", "path": "group"}).json()["id"]
    project = served.post("/projects", {"name": "Project", "path": "project", "namespace_id": group}).json()["id"]
    published = served.send("PUT", f"/api/v4/projects/{project}/packages/generic/name/1.0/file.txt", b"content")
    assert published.status == 201, published.body


def _run_schemathesis(folder: Path, served: Served, calls: int, seed: int) -> int:
    """Run schemathesis once over every operation."""
    description = served.send("GET", _DESCRIPTION).body
    operations = sum(
        name in {"get", "put", "post", "patch", "delete"}
        for item in yaml.safe_load(description)["paths"].values()
        for name in item
    )
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"http://127.0.0.1:{served.port}{_DESCRIPTION}"),
        *("--url", f"http://127.0.0.1:{served.port}", "--header", f"PRIVATE-TOKEN:{served.token}"),
        *("--checks", _CHECKS, "--phases", "examples,fuzzing", "--warnings", "off", "--no-color"),
        *("--max-examples", str(math.ceil(calls / operations)), "--seed", str(seed)),
        *("--suppress-health-check", "all", "--request-timeout", "30", "--continue-on-failure"),
    ]
    # What it keeps from run to run goes into the folder, so that a seed alone decides the calls.
    return subprocess.run(command, cwd=folder, env={**os.environ, "NO_PROXY": "127.0.0.1"}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
