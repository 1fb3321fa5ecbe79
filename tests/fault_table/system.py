"""What a system does to processes and to their files, for a while: calls fail or take long, nothing may be opened."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.polling import eventually


@contextmanager
def injected(pid: int, call: str, effect: str) -> Iterator[None]:
    """Let a system call of all threads of a process have an effect in strace's words, as `error=ENOSPC`."""
    with traced([pid], "-o", os.devnull, "-e", f"trace={call}", "-e", f"inject={call}:{effect}"):
        yield


@contextmanager
def traced(pids: Sequence[int], *options: str) -> Iterator[None]:
    """Have strace follow all threads of some processes, until the block ends or they do."""
    processes = [argument for pid in pids for argument in ("-p", str(pid))]
    with subprocess.Popen(["strace", "-f", "-qq", *processes, *options]) as strace:
        try:
            eventually(lambda: strace.poll() is not None or all(map(_all_traced, pids)), what="strace does not attach")
            if strace.poll() is not None:
                raise RuntimeError(f"strace ended with {strace.returncode}")
            yield
        finally:
            strace.terminate()


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """Let a process do nothing."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def mount(folder: Path, *options: str, source: str = "none") -> None:
    """Mount something on a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", *options, source, str(folder)], check=True)


def unmount(folder: Path) -> None:
    """Take what is mounted away, if anything is, even while files of it are open."""
    subprocess.run(["umount", "-l", "-q", str(folder)], check=False)


def fill(folder: Path, leave: int = 0) -> Path:
    """Take all room of a file system, but for so many bytes; return the file that takes it."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        room = os.statvfs(folder)
        os.posix_fallocate(file.fileno(), 0, max(1, room.f_bavail * room.f_frsize - leave))
    return ballast


def _all_traced(pid: int) -> bool:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    traced = all("TracerPid:\t0\n" not in (task / "status").read_text() for task in tasks)
    if not traced:
        time.sleep(0.01)
    return traced
