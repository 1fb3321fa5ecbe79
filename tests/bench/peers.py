"""The servers that are measured, each started on loopback with free ports and an empty folder.

A peer knows how its own API takes and gives a file: the reference server by its token, nginx by WebDAV, docker-registry
by its blob upload, SeaweedFS by S3 with presigned URLs (so that it, too, checks a credential at every request).
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

import obstore
from obstore.store import S3Store

from tests.support.server_process import running_registry

START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request: where it goes and the headers that authorise it."""

    port: int
    target: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Peer:
    """A server under test. `processor_seconds` tells what it has used so far, where that can be measured.

    `put` and `get` return the requests that store and read a file of a name and a SHA-256 (hexadecimal).
    """

    name: str
    put: Callable[[str, str], Request]
    get: Callable[[str, str], Request]
    processor_seconds: Callable[[], float] = float


@contextmanager
def running(command: list[str], port: int, *, log: Path, stop: signal.Signals = signal.SIGTERM) -> Iterator[None]:
    """Run a server until the block ends; it must listen on `port` within 30 seconds."""
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output, cwd=log.parent) as process:
        try:
            wait_until_listening(port, START_SECONDS, process)
            yield
        finally:
            process.send_signal(stop)


@contextmanager
def reference_server(folder: Path, carrier: str = "auto", variant: str = "") -> Iterator[Peer]:
    """Start it as an operator would, on SQLite and local disk, or a variant of it (variants.py)."""
    program = ("tests.bench.variants", variant) if variant else ("reference_server",)
    others = ", ".join(other for other in (carrier, variant) if other not in {"auto", ""})
    with running_registry(folder, "--carrier", carrier, program=program) as registry:
        headers = {"PRIVATE-TOKEN": registry.token}

        def file(name: str, _digest: str) -> Request:
            return Request(registry.served.port, registry.file_path("bench", name), headers)

        name = f"reference server, {others}" if others else "reference server"
        yield Peer(name, file, file, registry.processor_seconds)


NGINX_CONFIGURATION = """
daemon off;
{user}
worker_processes auto;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    sendfile on;
    client_body_temp_path {folder}/body;
    client_max_body_size 0;
    client_body_buffer_size 1m;
    server {{
        listen 127.0.0.1:{port} reuseport;
        root {folder}/files;
        location / {{ dav_methods PUT; create_full_put_path on; }}
    }}
}}
"""


@contextmanager
def nginx(folder: Path) -> Iterator[Peer]:
    """Start a static file server with WebDAV: what the machine can do when nothing is checked, hashed or synced.

    Its settings are those that make it fastest here: sendfile, a body buffer of 1 MiB.
    """
    port = free_port()
    (folder / "files").mkdir()
    configuration = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    configuration.write_text(NGINX_CONFIGURATION.format(folder=folder, port=port, user=user))
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
    with running([program, "-p", str(folder), "-c", str(configuration)], port, log=folder / "log"):
        yield Peer("nginx", lambda name, _: Request(port, f"/{name}"), lambda name, _: Request(port, f"/{name}"))


DOCKER_REGISTRY_CONFIGURATION = """
version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: {folder}/files}}}}
http: {{addr: 127.0.0.1:{port}}}
"""


@contextmanager
def docker_registry(folder: Path) -> Iterator[Peer]:
    """Start a registry that, like ours, hashes with SHA-256 and names content by it."""
    port = free_port()
    configuration = folder / "configuration.yml"
    configuration.write_text(DOCKER_REGISTRY_CONFIGURATION.format(folder=folder, port=port))
    with running(["docker-registry", "serve", str(configuration)], port, log=folder / "log"):
        yield Peer(
            "docker-registry",
            lambda _, digest: _begun_upload(port, digest),
            lambda _, digest: Request(port, f"/v2/bench/blobs/sha256:{digest}"),
        )


def _begun_upload(port: int, digest: str) -> Request:
    """Begin an upload here and now, so that only the request that carries the bytes is measured."""
    start = urllib.request.Request(f"http://127.0.0.1:{port}/v2/bench/blobs/uploads/", data=b"")
    with urllib.request.urlopen(start) as answer:
        location = answer.headers["Location"].split(f":{port}", 1)[1]
    return Request(port, f"{location}&digest=sha256:{digest}", {"Content-Type": "application/octet-stream"})


@contextmanager
def seaweed_s3(folder: Path) -> Iterator[Peer]:
    """Start a distributed object store behind S3, all of it in one process; it acknowledges before it syncs."""
    secret = secrets.token_hex()
    credential = {"accessKey": "bench", "secretKey": secret}
    identity = {"name": "bench", "credentials": [credential], "actions": ["Admin", "Read", "Write", "List"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    (folder / "data").mkdir()
    roles = ("master", "volume", "filer", "s3")
    command = ["weed", "server", f"-dir={folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3"]
    command += ["-master.telemetry=false", f"-s3.config={folder / 's3.json'}", "-s3.iam=false", "-s3.port.iceberg=0"]
    ports = {role: free_port() for role in roles}
    command += [f"-{role}.port={port}" for role, port in ports.items()]
    command += [f"-{role}.port.grpc={free_port()}" for role in roles]
    with running(command, ports["s3"], log=folder / "log", stop=signal.SIGKILL):
        store = S3Store(
            "bench",
            endpoint=f"http://127.0.0.1:{ports['s3']}",
            region="us-east-1",
            virtual_hosted_style_request=False,
            client_options={"allow_http": True},
            access_key_id="bench",
            secret_access_key=secret,
        )
        _create_bucket(store)

        def presigned(method: Literal["GET", "PUT"], name: str) -> Request:
            url = obstore.sign(store, method, name, timedelta(hours=1))
            return Request(ports["s3"], url.split(f":{ports['s3']}", 1)[1])

        yield Peer("SeaweedFS S3", lambda name, _: presigned("PUT", name), lambda name, _: presigned("GET", name))


def _create_bucket(store: S3Store) -> None:
    """Create the store's bucket by a presigned PUT of its own path."""
    url = obstore.sign(store, "PUT", "", timedelta(minutes=5))
    with urllib.request.urlopen(urllib.request.Request(url, method="PUT")):
        pass


@contextmanager
def together(folder: Path, *starters: Callable[[Path], AbstractContextManager[Peer]]) -> Iterator[list[Peer]]:
    """Start several peers, each in a folder of its own below `folder`."""
    with ExitStack() as stack:
        peers = []
        for number, starter in enumerate(starters):
            place = folder / str(number)
            place.mkdir()
            peers.append(stack.enter_context(starter(place)))
        yield peers


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_listening(port: int, seconds: float, process: subprocess.Popen[bytes]) -> None:
    """Return when `port` accepts connections; raises when the process ends or `seconds` pass first."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode} before it listened")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{process.args!r} does not listen on port {port} after {seconds} seconds")
