"""The command: starts a server, runs as many steps as are asked for, and prints how many diverged."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from tests.state_machine.machine import run
from tests.support.server_process import started_server

_EXAMPLES = 5
_SEED_STRIDE = 1_000_003


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0 without a divergence, 1 with one, 2 on wrong usage."""
    told = _parser().parse_args(arguments)
    if told.steps < 1:
        sys.stderr.write("state-machine: --steps must be at least 1\n")
        return 2
    began = time.monotonic()
    steps = divergences = rounds = 0
    with (
        tempfile.TemporaryDirectory(prefix="state-machine-") as folder,
        started_server(Path(folder)) as (_, served),
    ):
        while steps < told.steps and not divergences:
            try:
                steps += run(served, examples=_EXAMPLES, seed=told.seed * _SEED_STRIDE + rounds)
            except Exception:
                divergences += 1
                sys.stdout.write(traceback.format_exc())
            rounds += 1
            sys.stdout.write(f"{min(steps, told.steps)} of {told.steps} steps\n")
            sys.stdout.flush()
    seconds = time.monotonic() - began
    sys.stdout.write(f"seed {told.seed}: {steps} steps, {divergences} divergences, {seconds:.0f} s\n")
    return 1 if divergences else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tools/state-machine",
        description="Hold a server against a model of a registry: random operations, one by one and several at once.",
    )
    parser.add_argument("--steps", type=int, default=20_000, metavar="N", help="at least as many (default 20000)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="what decides the operations (default 1)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
