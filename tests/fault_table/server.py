"""A server that has something acknowledged to lose, and what can be seen of it from outside."""

from __future__ import annotations

import hashlib
import http.client
import itertools
import json
import os
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from tests.fault_table.connections import HalfUpload, KeptConnection, shown
from tests.fault_table.setting import Setting
from tests.support.front_end import Answer, Served
from tests.support.polling import eventually
from tests.support.processes import supervised
from tests.support.server_process import started_server

SMALL, LARGE = 1000, 300_000
PATIENCE_SECONDS = 30.0
_LOG_SECONDS = 5.0  # an answer may come before its line


@dataclass(slots=True)
class FaultyServer:
    """A server with one front end and one project. `small` and `large` are files from before the fault."""

    folder: Path
    setting: Setting
    project: int = 0
    acknowledged: dict[str, str] = field(default_factory=dict)
    """The SHA-256 of each file whose publication was answered with success, by its path."""
    small: str = ""
    large: str = ""
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _log_before: int = 0
    _counts_before: dict[str, float] = field(default_factory=dict)
    _running: tuple[subprocess.Popen[str], Served] | None = None
    _ending: ExitStack = field(default_factory=ExitStack)
    _unread: int = -1

    def start(self) -> None:
        """Start the server on what it left, if it left anything. Its log begins anew."""
        arguments = ("--workers", "1", *self.setting.arguments)
        errors = None if self.setting.log_is_read else self._open_unread_log()
        started = started_server(self.folder, *arguments, program=(self.setting.program,), errors=errors)
        self._running = self._ending.enter_context(started)
        if errors is not None:
            os.close(errors)
        self._log_before, self._counts_before = 0, {}

    def stop(self) -> None:
        """Stop the server, and wait for its end."""
        self._ending.close()
        self.close_log()

    def restart(self) -> None:
        """Stop the server, and start it again."""
        self.stop()
        self.start()

    @property
    def process(self) -> subprocess.Popen[str]:
        """The supervisor."""
        return self._begun[0]

    @property
    def served(self) -> Served:
        """The front end."""
        return self._begun[1]

    @property
    def _begun(self) -> tuple[subprocess.Popen[str], Served]:
        if self._running is None:
            raise RuntimeError("the server was not started")
        return self._running

    def _open_unread_log(self) -> int:
        """Return where a log goes that nobody reads."""
        self._unread, errors = os.pipe()
        return errors

    def read_log(self) -> None:
        """Read what nobody has read, from now on, into the log's file."""
        reading, self._unread = self._unread, -1
        threading.Thread(target=_copy, args=(reading, self.log), daemon=True).start()

    def close_log(self) -> None:
        """Let the reader of a log that is not read be gone."""
        if self._unread >= 0:
            os.close(self._unread)
            self._unread = -1

    def furnish(self) -> None:
        """Make the project and the files that are there before, and remember where the log and the counts stand."""
        group = self.served.post("/groups", {"name": "Faults", "path": "faults"}).json()["id"]
        body = {"name": "Files", "path": "files", "namespace_id": group}
        self.project = int(self.served.post("/projects", body).json()["id"])
        self.small, self.large = self.new_path(), self.new_path()
        for path, size in ((self.small, SMALL), (self.large, LARGE)):
            if self.put(size, path) != "201":
                raise RuntimeError(f"the server takes nothing even without a fault; see {self.log}")
        self.mark()

    def mark(self) -> None:
        """Count from now on: `logged` and `counted` look at what came since."""
        self._log_before = self.log.stat().st_size
        self._counts_before = self._counts()

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.folder / "data"

    @property
    def volume(self) -> Path:
        """The volume in it."""
        return self.data / "volume"

    @property
    def disk(self) -> Path:
        """The file system of a volume that has its own, outside the data directory."""
        return self.folder / "disk"

    @property
    def log(self) -> Path:
        """The file of the server's log."""
        return self.folder / "log"

    def new_path(self) -> str:
        """Return the path of a file that nobody has published yet, in a package of its own."""
        return f"/api/v4/projects/{self.project}/packages/generic/package-{next(self._numbers)}/1.0/file"

    def put(self, size: int, path: str | None = None) -> str:
        """Publish random content; return how it was answered."""
        return self.put_content(os.urandom(size), path)

    def put_content(self, content: bytes, path: str | None = None, *, pieces: Iterable[bytes] | None = None) -> str:
        """Publish content, or the same in pieces of unknown sum; return how it was answered."""
        target = path or self.new_path()
        answer = self._answer("PUT", target, content if pieces is None else pieces)
        if answer is not None and answer.status == HTTPStatus.CREATED:
            self.acknowledged[target] = hashlib.sha256(content).hexdigest()
        return shown(answer)

    def get(self, path: str) -> str:
        """Download a file; return how it was answered, and whether with other bytes than were published."""
        answer = self._answer("GET", path)
        if answer is not None and answer.status == HTTPStatus.OK:
            digest = hashlib.sha256(answer.body).hexdigest()
            if digest != self.acknowledged.get(path):
                return "200 with other bytes"
        return shown(answer)

    def delete(self, path: str) -> str:
        """Delete the package of a file; return how it was answered."""
        name = path.split("/")[-3]
        packages = self.served.get(f"/projects/{self.project}/packages?package_name={name}").items()
        number = next(package["id"] for package in packages if package["name"] == name)
        answer = self._answer("DELETE", f"/api/v4/projects/{self.project}/packages/{number}")
        if answer is not None and answer.status == HTTPStatus.NO_CONTENT:
            del self.acknowledged[path]
        return shown(answer)

    def make_token(self) -> str:
        """Make an access token of the project; return how it was answered."""
        body = json.dumps({"name": "token", "scopes": ["api"], "access_level": 30}).encode()
        path = f"/api/v4/projects/{self.project}/access_tokens"
        return shown(self._answer("POST", path, body, {"Content-Type": "application/json"}))

    def readiness(self) -> str:
        """Return the status of the route that says whether requests can be served."""
        return shown(self._answer("GET", "/-/readiness"))

    def await_readiness(self, status: int) -> None:
        """Wait until the readiness is this one; fail when it does not become so."""
        eventually(lambda: self.readiness() == str(status), what=f"readiness does not become {status}")

    def await_put(self, size: int) -> str:
        """Publish again and again until it is acknowledged, and return how it was answered at last."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (answer := self.put(size)) != "201" and time.monotonic() < deadline:
            time.sleep(0.05)
        return answer

    def logged(self, *texts: str) -> str:
        """Return "log" if each of the texts is in some line that was logged since the mark."""
        deadline = time.monotonic() + _LOG_SECONDS
        while (missing := self._unlogged(texts)) and time.monotonic() < deadline:
            time.sleep(0.02)
        return f"no log of {', '.join(missing)}" if missing else "log"

    def failed(self, reason: str) -> str:
        """Return "log, metric" if requests that failed for this reason were logged and counted since the mark."""
        logged = self.logged(f'"failure":"{reason}"')
        counted = self.counted(f'http_failures_total{{reason="{reason}"}}')
        return f"{logged}, {counted}"

    def counted(self, metric: str) -> str:
        """Return "metric" if what begins so was counted since the mark."""
        grown = sum(value for name, value in self._counts().items() if name.startswith(metric))
        before = sum(value for name, value in self._counts_before.items() if name.startswith(metric))
        return "metric" if grown > before else f"no metric {metric}"

    def pid(self, program: str) -> int:
        """Return the process of the program `storage` or `frontend`."""
        return supervised(self.process.pid)[program]

    def blob(self, path: str) -> Path:
        """Return the file of a large file's content on the volume."""
        name = self.acknowledged[path]
        return self.volume / "blobs" / name[:2] / name[2:4] / name

    def kept_connection(self) -> KeptConnection:
        """Open a connection that the front end has accepted, and keep it."""
        connection = KeptConnection(self.served, http.client.HTTPConnection("127.0.0.1", self.served.port))
        connection.get(self.small)
        return connection

    @contextmanager
    def upload(self, size: int) -> Iterator[HalfUpload]:
        """Begin an upload that waits in the middle of its body."""
        with self.served.connect() as connection:
            yield HalfUpload(self.served, connection, self.new_path(), os.urandom(size), self.acknowledged)

    def lost(self) -> list[str]:
        """Return what was acknowledged and is not there, or not byte-equal, when it has had time to recover."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        lost = []
        for path in self.acknowledged:
            while (answer := self.get(path)) != "200" and time.monotonic() < deadline:
                time.sleep(0.1)
            if answer != "200":
                lost.append(f"{path}: {answer}")
        return lost

    def _unlogged(self, texts: Iterable[str]) -> list[str]:
        with self.log.open("rb") as file:
            file.seek(self._log_before)
            lines = file.read().decode(errors="replace")
        return [text for text in texts if text not in lines]

    def _answer(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer | None:
        """Return the answer to a request; None for a connection that ended without a whole one."""
        try:
            return self.served.send(method, path, body, headers)
        except (OSError, http.client.HTTPException):
            return None

    def _counts(self) -> dict[str, float]:
        lines = self.served.send("GET", "/-/metrics").body.decode().splitlines()
        pairs = [line.rpartition(" ") for line in lines if not line.startswith("#")]
        return {name: float(value) for name, _, value in pairs}


def _copy(reading: int, log: Path) -> None:
    with os.fdopen(reading, "rb", buffering=0) as source, log.open("ab", buffering=0) as target:
        while data := source.read(65_536):
            target.write(data)
