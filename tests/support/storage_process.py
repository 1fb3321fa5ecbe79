"""A storage that runs as a process of its own, which a test may stop, kill and start again."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import grpc

from reference_server.contract.addresses import UnixAddress
from tests.support.storage import SECONDS, Registry, private_token

_OPTIONS = [
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.min_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 50),
]


class StorageProcess:
    """One data folder, and the process that serves it."""

    def __init__(self, folder: Path, *arguments: str, program: Sequence[str] = ("-m", "reference_server")) -> None:
        self.address = UnixAddress(str(folder / "socket"))
        self.token = folder / "root-token"
        self.data = folder / "data"
        self.metadata = self.data / "metadata.sqlite3"
        self._folder = folder
        self._arguments = arguments
        self._program = program
        self._channels: list[grpc.Channel] = []
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.kill()
        for channel in self._channels:
            channel.close()

    def start(self) -> Self:
        command = [sys.executable, *self._program, "storage", "--data", str(self.data)]
        command += ["--listen", self.address.target, "--root-token-file", str(self.token)]
        command += self._arguments
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stderr=log)
        return self

    def connect(self) -> Registry:
        channel = grpc.insecure_channel(self.address.target, _OPTIONS)
        self._channels.append(channel)
        grpc.channel_ready_future(channel).result(SECONDS)
        root = private_token(self.token.read_text().strip())
        return Registry(channel, root, self.data, "current", self.address.target)

    def staged_files(self) -> list[Path]:
        return [path for path in self.data.rglob("staging/*") if path.is_file()]

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def wait(self) -> int:
        assert self._process is not None
        return self._process.wait(SECONDS)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(SECONDS)

    def kill(self) -> None:
        """End it as a power cut would, but for what the kernel holds."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(SECONDS)

    def log(self) -> str:
        return (self._folder / "log").read_text()
