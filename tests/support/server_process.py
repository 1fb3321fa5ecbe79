"""A reference server started as an operator starts it, and one project in it."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.support import processes
from tests.support.front_end import Served

READY = "Ready: http://127.0.0.1:"


@dataclass(frozen=True, slots=True)
class Registry:
    """A running server with one private project.

    `served` has a developer's access token, `project` is the numeric id; `root_token` is the administrator's; `process`
    is the supervisor.
    """

    served: Served
    project: int
    root_token: str
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        """The server's URL, without a slash at its end."""
        return f"http://127.0.0.1:{self.served.port}"

    @property
    def token(self) -> str:
        return self.served.token

    def file_path(self, package: str, file_name: str, version: str = "1.0") -> str:
        return f"/api/v4/projects/{self.project}/packages/generic/{package}/{version}/{file_name}"

    def file_url(self, package: str, file_name: str) -> str:
        return f"{self.url}{self.file_path(package, file_name)}"

    def peak_resident_bytes(self) -> dict[int, int]:
        return {pid: processes.peak_resident_bytes(pid) for pid in self._processes()}

    def processor_seconds(self) -> float:
        return sum(processes.processor_seconds(pid) for pid in self._processes())

    def _processes(self) -> list[int]:
        found, waiting = [], [self.process.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            waiting += processes.children_of(pid)
        return found


@contextmanager
def started_server(
    folder: Path, *arguments: str, program: Sequence[str] = ("reference_server",), errors: int | IO[str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], Served]]:
    """Start a server on a folder with further command-line arguments; stop it when the block ends.

    `program` is the module that is run, with arguments before all others; `errors` is where it logs, else the file
    `log` of the folder.
    """
    token_file = folder / "token"
    command = [sys.executable, "-m", *program, "serve", "--data", str(folder / "data"), "--port", "0"]
    command += ["--root-token-file", str(token_file), *arguments]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors or log, text=True) as process,
    ):
        try:
            assert process.stdout
            line = process.stdout.readline()
            assert line.startswith(READY), (folder / "log").read_text()
            yield process, Served(int(line.removeprefix(READY)), token_file.read_text().strip())
        finally:
            process.terminate()


@contextmanager
def running_registry(
    folder: Path, *arguments: str, program: Sequence[str] = ("reference_server",)
) -> Iterator[Registry]:
    """Start a server on an empty folder as `started_server` does, with a project of its group `end-to-end`."""
    with started_server(folder, *arguments, program=program) as (process, root):
        group = root.post("/groups", {"name": "End to end", "path": "end-to-end"}).json()
        project = root.post("/projects", {"name": "Files", "path": "files", "namespace_id": group["id"]}).json()["id"]
        grant = {"name": "developer", "scopes": ["api"], "access_level": 30}
        token = str(root.post(f"/projects/{project}/access_tokens", grant).json()["token"])
        yield Registry(Served(root.port, token), int(str(project)), root.token, process)
