"""The processes of a running server, as Linux shows them."""

import os
from pathlib import Path


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command_line(pid: int) -> list[str]:
    """Return the words that a process was started with, none when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except FileNotFoundError:
        return []


def supervised(supervisor: int) -> dict[str, int]:
    """Return the process ids of a server's programs: "storage", "frontend", and further front ends by their number."""
    found: dict[str, int] = {}
    for pid in children_of(supervisor):
        words = command_line(pid)
        if "reference_server" in words:  # else it ended, and waits for its parent to notice
            program = words[words.index("reference_server") + 1]
            found[program if program not in found else f"{program} {len(found)}"] = pid
    return found


def resident_bytes(pid: int) -> int:
    return _kibibytes(pid, "VmRSS:") * 1024


def peak_resident_bytes(pid: int) -> int:
    return _kibibytes(pid, "VmHWM:") * 1024


def processor_seconds(pid: int) -> float:
    # After the name, which is in parentheses, the 12th and 13th fields are the ticks in user and kernel mode.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _kibibytes(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    raise RuntimeError(f"process {pid} has no resident memory")
