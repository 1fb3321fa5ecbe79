"""The servers that are measured, each started on loopback with free ports and an empty folder.

A peer knows how its own API takes and gives a file: the reference server by its token, nginx by WebDAV, docker-registry
by its blob upload, SeaweedFS by S3 with presigned URLs (so that it, too, checks a credential at every request).
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal, Protocol

import obstore
from obstore.store import S3Store

from tests.bench.ports import free_port, wait_until_listening
from tests.support.server_process import Registry, running_registry

START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request: where it goes and the headers that authorise it."""

    port: int
    target: str
    headers: dict[str, str] = field(default_factory=dict)


class Peer(Protocol):
    @property
    def name(self) -> str: ...

    def put(self, file_name: str, digest: str) -> Request:
        """Return the request whose body stores a file of this SHA-256 (hexadecimal) under `file_name`."""
        ...

    def get(self, file_name: str, digest: str) -> Request: ...


@contextmanager
def running(command: list[str], port: int, *, log: Path, stop: signal.Signals = signal.SIGTERM) -> Iterator[None]:
    """Run a server until the block ends; it must listen on `port` within 30 seconds."""
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output, cwd=log.parent) as process:
        try:
            wait_until_listening(port, START_SECONDS, process)
            yield
        finally:
            process.send_signal(stop)


@dataclass(frozen=True, slots=True)
class ReferenceServer:
    """The server under test, with one project and one of its access tokens."""

    name: str
    registry: Registry

    def put(self, file_name: str, digest: str) -> Request:
        del digest
        headers = {"PRIVATE-TOKEN": self.registry.token}
        return Request(self.registry.served.port, self.registry.file_path("bench", file_name), headers)

    get = put


@contextmanager
def reference_server(folder: Path, carrier: str = "auto", variant: str = "") -> Iterator[ReferenceServer]:
    """Start it as an operator would, on SQLite and local disk, or a variant of it (variants.py)."""
    program = ("tests.bench.variants", variant) if variant else ("reference_server",)
    others = ", ".join(other for other in (carrier, variant) if other not in {"auto", ""})
    with running_registry(folder, "--carrier", carrier, program=program) as registry:
        yield ReferenceServer(f"reference server, {others}" if others else "reference server", registry)


@dataclass(frozen=True, slots=True)
class Nginx:
    """A static file server with WebDAV: what the machine can do when nothing is checked, hashed or synced."""

    port: int
    name: str = "nginx"

    def put(self, file_name: str, digest: str) -> Request:
        del digest
        return Request(self.port, f"/{file_name}")

    get = put


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
def nginx(folder: Path) -> Iterator[Nginx]:
    """Start it with the settings that make it fastest here: sendfile, a body buffer of 1 MiB."""
    port = free_port()
    (folder / "files").mkdir()
    configuration = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    configuration.write_text(NGINX_CONFIGURATION.format(folder=folder, port=port, user=user))
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
    with running([program, "-p", str(folder), "-c", str(configuration)], port, log=folder / "log"):
        yield Nginx(port)


@dataclass(frozen=True, slots=True)
class DockerRegistry:
    """A registry that, like ours, hashes with SHA-256 and names content by it."""

    port: int
    name: str = "docker-registry"

    def put(self, file_name: str, digest: str) -> Request:
        """Begin an upload here and now, so that only the request that carries the bytes is measured."""
        del file_name
        start = urllib.request.Request(f"http://127.0.0.1:{self.port}/v2/bench/blobs/uploads/", data=b"")
        with urllib.request.urlopen(start) as answer:
            location = answer.headers["Location"].split(f":{self.port}", 1)[1]
        return Request(self.port, f"{location}&digest=sha256:{digest}", {"Content-Type": "application/octet-stream"})

    def get(self, file_name: str, digest: str) -> Request:
        del file_name
        return Request(self.port, f"/v2/bench/blobs/sha256:{digest}")


DOCKER_REGISTRY_CONFIGURATION = """
version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: {folder}/files}}}}
http: {{addr: 127.0.0.1:{port}}}
"""


@contextmanager
def docker_registry(folder: Path) -> Iterator[DockerRegistry]:
    port = free_port()
    configuration = folder / "configuration.yml"
    configuration.write_text(DOCKER_REGISTRY_CONFIGURATION.format(folder=folder, port=port))
    with running(["docker-registry", "serve", str(configuration)], port, log=folder / "log"):
        yield DockerRegistry(port)


@dataclass(frozen=True, slots=True)
class SeaweedS3:
    """A distributed object store behind S3; it acknowledges before it syncs."""

    port: int
    store: S3Store
    name: str = "SeaweedFS S3"

    def put(self, file_name: str, digest: str) -> Request:
        del digest
        return self._presigned("PUT", file_name)

    def get(self, file_name: str, digest: str) -> Request:
        del digest
        return self._presigned("GET", file_name)

    def _presigned(self, method: Literal["GET", "PUT"], file_name: str) -> Request:
        url = obstore.sign(self.store, method, file_name, timedelta(hours=1))
        return Request(self.port, url.split(f":{self.port}", 1)[1])


@contextmanager
def seaweed_s3(folder: Path) -> Iterator[SeaweedS3]:
    """Start master, volume server, filer and S3 gateway in one process."""
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
        yield SeaweedS3(ports["s3"], store)


def _create_bucket(store: S3Store) -> None:
    """Create the store's bucket by a presigned PUT of its own path."""
    url = obstore.sign(store, "PUT", "", timedelta(minutes=5))
    with urllib.request.urlopen(urllib.request.Request(url, method="PUT")):
        pass


@contextmanager
def together(folder: Path, *starters: object) -> Iterator[list[Peer]]:
    """Start several peers, each in a folder of its own below `folder`."""
    with ExitStack() as stack:
        peers = []
        for number, starter in enumerate(starters):
            place = folder / str(number)
            place.mkdir()
            peers.append(stack.enter_context(starter(place)))  # type: ignore[operator]
        yield peers
