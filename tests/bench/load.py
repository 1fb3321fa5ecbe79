"""Many small requests over several connections at once, sent by wrk so that Python is not what is measured."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.peers import Request

CONNECTIONS = 8
SCRIPT = Path(__file__).with_name("load.lua")
LONGEST_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Load:
    """Requests written down for wrk, so that preparing them is not measured."""

    port: int
    requests: Path
    body: Path | None
    count: int

    def run(self) -> None:
        """Send every request once over 8 connections; raises unless each was answered with success."""
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{LONGEST_SECONDS}s", "-s", str(SCRIPT)]
        command += [f"http://127.0.0.1:{self.port}"]
        environment = {**os.environ, "LOAD_REQUESTS": str(self.requests)}
        if self.body:
            environment["LOAD_BODY"] = str(self.body)
        # wrk itself would sleep to the end of its duration, so it is not waited for.
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as wrk:
            said = wrk.stderr.readline().decode() if wrk.stderr else ""
            wrk.kill()
        if said != f"answered {self.count} failed 0\n":
            raise RuntimeError(f"the load did not go through: {said or 'no end within its time'}")


def load(place: Path, method: str, requests: Sequence[Request], body: Path | None = None) -> Load:
    """Write requests down at `place`; they must share port and headers."""
    lines = [f"{name}: {value}" for name, value in requests[0].headers.items()]
    lines += [f"{method}\t{request.target}" for request in requests]
    place.write_text("\n".join(lines) + "\n")
    return Load(requests[0].port, place, body, len(requests))
