"""The good registry that a self-test starts for itself when it is given none."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

READY = "Ready: "
STOP_SECONDS = 20.0
LOG = "server.log"


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


@contextmanager
def reference_server(folder: Path, edition: str) -> Iterator[GoodRegistry]:
    """Run the reference server with its data in `folder` for as long as the context lasts.

    Raises RegistryError when it does not come up.
    """
    token_file = folder / "token"
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "reference_server", "serve", "--data", str(folder / "data"), "--port", "0"]
    command += ["--workers", "1", "--edition", edition, "--root-token-file", str(token_file)]
    with (folder / LOG).open("wb") as log:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)  # noqa: S603 - own program
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
