"""A reference server started as an operator starts it, and one project in it."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

READY = "Ready: "


@dataclass(frozen=True, slots=True)
class Registry:
    """A running server with one private project.

    `url` has no slash at its end; `project` is the numeric id; `token` is a developer's access token, `root_token` the
    administrator's, also in the file `root_token_file`; `process` is the supervisor.
    """

    url: str
    project: int
    token: str
    root_token: str
    root_token_file: Path
    process: subprocess.Popen[str]

    def file_url(self, package: str, file_name: str, version: str = "1.0") -> str:
        return f"{self.url}/api/v4/projects/{self.project}/packages/generic/{package}/{version}/{file_name}"

    def peak_resident_bytes(self) -> dict[int, int]:
        return {pid: _peak_resident_bytes(pid) for pid in self._processes()}

    def processor_seconds(self) -> float:
        return sum(_processor_seconds(pid) for pid in self._processes())

    def _processes(self) -> list[int]:
        found, waiting = [], [self.process.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            waiting += [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return found


def _peak_resident_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"process {pid} has no resident memory")


def _processor_seconds(pid: int) -> float:
    # After the name, which is in parentheses, the 12th and 13th fields are the ticks in user and kernel mode.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running_registry(
    folder: Path, *arguments: str, program: Sequence[str] = ("reference_server",)
) -> Iterator[Registry]:
    """Start a server on an empty folder with further command-line arguments; stop it when the block ends.

    `program` is the module that is run, with arguments before all others.
    """
    token_file = folder / "token"
    command = [sys.executable, "-m", *program, "serve", "--data", str(folder / "data"), "--port", "0"]
    command += ["--root-token-file", str(token_file), *arguments]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            assert process.stdout
            line = process.stdout.readline()
            assert line.startswith(READY), (folder / "log").read_text()
            url, root_token = line.removeprefix(READY).strip(), token_file.read_text().strip()
            project, token = _provision(url, root_token)
            yield Registry(url, project, token, root_token, token_file, process)
        finally:
            process.terminate()


def _provision(url: str, root_token: str) -> tuple[int, str]:
    group = _post(url, "/groups", root_token, {"name": "End to end", "path": "end-to-end"})
    project = _post(url, "/projects", root_token, {"name": "Files", "path": "files", "namespace_id": group["id"]})
    grant = {"name": "developer", "scopes": ["api"], "access_level": 30}
    token = _post(url, f"/projects/{project['id']}/access_tokens", root_token, grant)
    return int(str(project["id"])), str(token["token"])


def _post(url: str, path: str, token: str, body: dict[str, object]) -> dict[str, object]:
    request = urllib.request.Request(
        f"{url}/api/v4{path}",
        data=json.dumps(body).encode(),
        headers={"PRIVATE-TOKEN": token, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        created: dict[str, object] = json.load(answer)
    return created
