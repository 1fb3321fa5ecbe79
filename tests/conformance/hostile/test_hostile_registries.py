"""Hostile registries: each run ends in time, with a verdict that says what happened and with whole reports."""

import json
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from contextlib import ExitStack
from html.parser import HTMLParser
from pathlib import Path

import pytest

from conformance.__main__ import main
from conformance.evidence.folder import FILES
from conformance.evidence.rejudgement import rejudge
from conformance.judging.results import load
from conformance.requirements.catalogue import load_catalogue
from tests.conformance.hostile.behaviours import HOSTILE, Hostile
from tests.conformance.hostile.hostile_server import hostile_server

WRITER = "glpat-the-writers-0123456789"
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]")
PATIENCE_SECONDS, RUN_SECONDS = 1.5, 20
LARGE_BYTES = 100 * 1024
MEMORY_KIB = 100 * 1024
GREEDY = [
    "sends a header without end",
    "sends header lines without end",
    "sends a body without end",
    "sends chunks without end",
    "floods with cookies",
    "compresses a bomb",
    "sends huge JSON",
    "nests JSON deeply",
    "links without end",
]
VOID_TAGS = {"meta", "input", "link", "br"}


def arguments(hostile: Hostile, port: int, folder: Path) -> list[str]:
    """Return the command line of a run against a hostile registry, whose reports go to `folder`."""
    folder.mkdir(exist_ok=True)
    (folder / "writer.token").write_text(WRITER, encoding="ascii")
    (folder / "target.toml").write_text(
        f'url = "{hostile.scheme}://127.0.0.1:{port}"\n'
        'writer = { file = "writer.token" }\n'
        'capabilities-off = ["project-paths"]\n'
        '[projects]\npublic = { id = 24, path = "group/open" }\n',
        encoding="utf-8",
    )
    options = ["--timeout", str(PATIENCE_SECONDS), "--large-bytes", str(LARGE_BYTES), "--out", str(folder / "out")]
    only = [word for identifier in hostile.only for word in ("--only", identifier)]
    return ["run", "--target", str(folder / "target.toml"), *options, *only]


class Balance(HTMLParser):
    """Notes the tags of a page that are open, and whether one closes another."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.crossed: list[str] = []

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        """Open a tag."""
        if tag not in VOID_TAGS:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close a tag."""
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)


def assert_reports_are_whole(out: Path) -> None:
    for name in FILES:
        text = (out / name).read_text(encoding="utf-8")
        assert WRITER not in text
        assert CONTROLS.search(text) is None
    rejudgement = rejudge(load(out / "results.json"), load_catalogue())
    assert rejudgement.differing == ()
    ET.parse(out / "badge.svg")
    ET.parse(out / "junit.xml")
    balance = Balance()
    balance.feed((out / "report.html").read_text(encoding="utf-8"))
    assert (balance.open, balance.crossed) == ([], [])


@pytest.mark.timeout(RUN_SECONDS * 2)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_run_ends_with_a_verdict(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = HOSTILE[name]
    started = time.monotonic()
    with hostile_server(
        hostile.behaviour, hostile.on, from_start=hostile.from_start, greeting=hostile.greeting
    ) as port:
        code = main(arguments(hostile, port, tmp_path))
    seconds = time.monotonic() - started
    captured = capsys.readouterr()
    output = captured.out + captured.err
    assert (code, hostile.words in output) == (hostile.code, True), output
    assert CONTROLS.search(output) is None
    assert WRITER not in output
    if code != 4:
        assert_reports_are_whole(tmp_path / "out")
    assert seconds < RUN_SECONDS


def test_there_are_many_of_them() -> None:
    assert len(HOSTILE) > 60


SEVERAL_RUNS = """
import json, sys
from conformance.__main__ import main
codes = [main(arguments) for arguments in json.load(sys.stdin)]
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([codes, int(peak.split()[1])]), file=sys.stderr)
"""


@pytest.mark.timeout(120)
@pytest.mark.skipif(sys.platform != "linux", reason="the peak of one process's memory is read from /proc")
def test_the_memory_of_a_run_stays_bounded(tmp_path: Path) -> None:
    with ExitStack() as stack:
        command_lines = []
        for number, hostile in enumerate(HOSTILE[name] for name in GREEDY):
            port = stack.enter_context(hostile_server(hostile.behaviour, hostile.on))
            command_lines.append(arguments(hostile, port, tmp_path / str(number)))
        ran = subprocess.run(
            [sys.executable, "-c", SEVERAL_RUNS],
            input=json.dumps(command_lines),
            capture_output=True,
            text=True,
            check=True,
        )
    codes, peak_kib = json.loads(ran.stderr.splitlines()[-1])
    assert codes == [HOSTILE[name].code for name in GREEDY]
    assert peak_kib < MEMORY_KIB
