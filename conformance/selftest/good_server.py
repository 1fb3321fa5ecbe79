"""The good registry that broken ones are made of: one that runs already, or one that the self-test starts."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from conformance.requirements.gitlab_version import Measure
from conformance.target.description import TargetError, describe_by_token_file

READY = "Ready: "
STOP_SECONDS = 20.0
CONNECT_SECONDS = 10.0
LOG = "server.log"
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of random name is made in it
ENOUGH_BYTES = 2 << 30


class RegistryError(Exception):
    """The good registry cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class GoodRegistry:
    """A good registry: where it listens and the file with its administrator's token."""

    url: str
    token_file: Path

    @property
    def host(self) -> str:
        """Return the host to connect to."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """Return the port to connect to."""
        return urlsplit(self.url).port or 80

    @property
    def token(self) -> str:
        """Return the administrator's token."""
        return self.token_file.read_text(encoding="ascii").strip()


def running_registry(url: str, token_file: Path) -> GoodRegistry:
    """Return the good registry that somebody else runs at `url`.

    Raises TargetError when URL or file cannot be used, RegistryError when nothing listens there.
    """
    address = describe_by_token_file(url, token_file).address
    registry = GoodRegistry(url, token_file)
    if address.scheme != "http" or address.prefix:
        raise TargetError(f"{url} must be plain http without a path: the broken registries are made by a plain proxy")
    try:
        socket.create_connection((registry.host, registry.port), timeout=CONNECT_SECONDS).close()
    except OSError as error:
        raise RegistryError(f"Nothing can be made of the registry at {url}: {error.strerror or error}.") from error
    return registry


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield a folder for data that nobody keeps: in memory, where the system offers enough, so that no sync waits."""
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH_BYTES
    with tempfile.TemporaryDirectory(prefix="conformance-selftest-", dir=MEMORY if in_memory else None) as folder:
        yield Path(folder)


@contextmanager
def reference_server(folder: Path, measure: Measure, *options: str) -> Iterator[GoodRegistry]:
    """Run the reference server with its data in `folder`, and further options, for as long as the context lasts.

    Raises RegistryError when it does not come up.
    """
    token_file = folder / "token"
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "reference_server", "serve", "--data", str(folder / "data"), "--port", "0"]
    command += ["--failed-authentications", "0"]  # all runs at a time come from one address
    command += ["--workers", "1", "--gitlab", str(measure.version), "--root-token-file", str(token_file)]
    command += [*(f"--feature={name}" for name in sorted(measure.features)), *options]
    with (folder / LOG).open("wb") as log:
        # In a session of its own: Ctrl-C in the terminal ends the run, which has yet to clean up there, not the server.
        server = subprocess.Popen(  # noqa: S603 - own program
            command, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
        )
    try:
        yield GoodRegistry(_url(server, folder / LOG), token_file)
    finally:
        _stop(server)


def _url(server: subprocess.Popen[str], log: Path) -> str:
    assert server.stdout is not None  # noqa: S101 - it was asked for
    for line in server.stdout:
        if line.startswith(READY):
            return line.removeprefix(READY).strip()
    said = log.read_text(encoding="utf-8", errors="replace").strip()
    raise RegistryError(f"The reference server did not start: {said or 'it said nothing'}")


def _stop(server: subprocess.Popen[str]) -> None:
    server.terminate()
    try:
        server.communicate(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.communicate()
