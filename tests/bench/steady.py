"""Small requests for some seconds, sent by wrk: how many a second, and how late the slowest hundredth."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.bench.peers import Request

SCRIPT = Path(__file__).with_name("steady.lua")


@dataclass(frozen=True, slots=True)
class Steady:
    """What came of a run: requests answered, seconds, and the 99th percentile of latency in milliseconds."""

    requests: int
    seconds: float
    p99: float


def steady(method: str, first: Request, *, names: int, size: int, connections: int, seconds: int) -> Steady:
    """Send requests to the target of `first` with a number at its end: from 0 up, below `names` unless that is 0.

    Each has a body of `size` bytes that begins with its target. Raises RuntimeError unless each was answered with
    success.
    """
    environment = {
        **os.environ,
        "STEADY_METHOD": method,
        "STEADY_TARGET": first.target,
        "STEADY_HEADERS": "\n".join(f"{name}: {value}" for name, value in first.headers.items()),
        "STEADY_NAMES": str(names),
        "STEADY_SIZE": str(size),
    }
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(SCRIPT)]
    command += [f"http://127.0.0.1:{first.port}"]
    wrk = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
    said = json.loads(wrk.stderr)
    if said["failed"] or not said["requests"]:
        raise RuntimeError(f"the load did not go through: {said}")
    return Steady(said["requests"], said["seconds"], said["p99"])
