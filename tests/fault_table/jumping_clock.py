"""The server with a time of day that jumps for all of its processes, and housekeeping that comes round often."""

from __future__ import annotations

import mmap
import os
import struct
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import grpc.aio._utils

FILE_VARIABLE = "FAULT_TABLE_CLOCK"
_OFFSET = struct.Struct("d")
_BILLION = 1_000_000_000


def make_file(path: Path) -> None:
    """Make the file that holds the jump in seconds, and name it to the processes that are started from now on."""
    path.write_bytes(_OFFSET.pack(0))
    os.environ[FILE_VARIABLE] = str(path)


def jump(seconds: float) -> None:
    """Let the time of day of the server be so much later, or earlier, than it is."""
    with Path(os.environ[FILE_VARIABLE]).open("r+b") as file:
        file.write(_OFFSET.pack(seconds))


def _patch_clock() -> None:
    with Path(os.environ[FILE_VARIABLE]).open("rb") as file:
        held = mmap.mmap(file.fileno(), _OFFSET.size, prot=mmap.PROT_READ)
    real, real_ns = time.time, time.time_ns

    def offset() -> float:
        (seconds,) = _OFFSET.unpack_from(held)
        return float(seconds)

    # gRPC's core does not see the jumps, so its Python part must not either.
    vars(grpc.aio._utils)["time"] = SimpleNamespace(time=real)
    time.time = lambda: real() + offset()
    time.time_ns = lambda: real_ns() + round(offset()) * _BILLION


def run() -> None:
    """Run the server's program with the arguments that were given."""
    _patch_clock()
    from reference_server.__main__ import main  # noqa: PLC0415 -- after the clock, which modules take as they load
    from reference_server.programs import children  # noqa: PLC0415
    from reference_server.storage import housekeeping  # noqa: PLC0415

    children.COMMAND = (sys.executable, "-m", __spec__.name)
    housekeeping._ROUND_SECONDS = 0.05
    sys.exit(main())


if __name__ == "__main__":
    run()
