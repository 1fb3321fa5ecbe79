"""The log's writer: a reader who is slow or gone stops nobody."""

import json
import os
import subprocess
import sys
from pathlib import Path

from reference_server.contract.log_writer import LogWriter

LINE = "x" * 99 + "\n"


def test_lines_are_written_in_order(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        writer = LogWriter(log.fileno())
        for number in range(100):
            writer.write(f"{number}\n")
        writer.drain()
    assert (tmp_path / "log").read_text().split() == [str(number) for number in range(100)]


def full_pipe() -> tuple[int, int, int]:
    """Make a pipe that takes no byte more; return its two ends and the number of bytes in it."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    filled = 0
    try:
        while True:
            filled += os.write(writing, b"-" * 4096)
    except BlockingIOError:
        os.set_blocking(writing, True)
    return reading, writing, filled


def test_lines_that_nobody_reads_are_dropped_and_counted_and_the_next_reader_is_told() -> None:
    reading, writing, filled = full_pipe()
    writer = LogWriter(writing, waiting_bytes=10 * len(LINE))
    for _ in range(30):
        writer.write(LINE)
    assert writer.dropped >= 30 - 2 * 10
    with os.fdopen(reading, "rb") as reader:
        reader.read(filled)
        writer.drain()
        writer.write("afterwards\n")
        writer.drain()
        os.close(writing)
        lines = reader.read().decode().splitlines()
    reports = [json.loads(line)["count"] for line in lines if "log lines lost" in line]
    assert sum(reports) == writer.dropped
    assert lines.count("x" * 99) + writer.dropped == 30
    assert "afterwards" in lines


def test_a_reader_that_is_gone_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    writer = LogWriter(writing)
    writer.write(LINE)
    writer.drain()
    assert writer.dropped == 1
    os.close(writing)


def test_a_process_ends_although_nobody_reads_its_log() -> None:
    program = (
        "from reference_server.contract import logs\n"
        "import structlog\n"
        "logs.configure()\n"
        f"for _ in range(5000): structlog.get_logger().info({'x' * 100!r})\n"
        "print('done', flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        assert process.wait(30) == 0


def test_a_file_is_written_before_the_call_returns(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        LogWriter(log.fileno()).write(LINE)
        assert (tmp_path / "log").read_text() == LINE


def test_lines_that_a_full_file_system_refuses_are_counted() -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        writer = LogWriter(full.fileno())
        writer.write(LINE)
        writer.drain()
        assert writer.dropped == 1
