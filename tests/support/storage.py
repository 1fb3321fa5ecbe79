"""A storage that runs in a thread, and short ways to call it."""

# ruff: noqa: ANN401 -- requests and answers of every message pass through here

import asyncio
import contextlib
import hashlib
import itertools
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest
from generic_packages.storage.v1 import content_pb2, credential_pb2, identity_pb2, packages_pb2
from generic_packages.storage.v1.content_pb2_grpc import ContentServiceStub
from generic_packages.storage.v1.credential_pb2 import Credential
from generic_packages.storage.v1.operations_pb2 import Operation
from generic_packages.storage.v1.packages_pb2_grpc import PackagesServiceStub
from google.protobuf import message_factory

from reference_server.contract.addresses import Address, TcpAddress
from reference_server.contract.failure import Failure
from reference_server.contract.status import TransportFailure, read_rpc_error
from reference_server.programs.refusals import StartRefusedError
from reference_server.programs.storage import StorageSettings, serving
from reference_server.storage.service.admission import calls
from reference_server.storage.service.server import CONTRACT
from tests.support.operations import Operations
from tests.support.polling import eventually

SECONDS = 30
MESSAGE = 1 << 20
REFUSALS = (grpc.RpcError, Failure, TransportFailure)
ANONYMOUS: tuple[Credential, ...] = ()
_numbers = itertools.count(1)
_METHODS = {
    method.name: method for file in CONTRACT for service in file.services_by_name.values() for method in service.methods
}
_REQUESTS = {call.name: call.request for call in calls(CONTRACT)}


def private_token(secret: str) -> tuple[Credential, ...]:
    return (Credential(scheme=credential_pb2.AUTHENTICATION_SCHEME_PRIVATE_TOKEN, secret=secret),)


def deploy_token(secret: str) -> tuple[Credential, ...]:
    return (Credential(scheme=credential_pb2.AUTHENTICATION_SCHEME_DEPLOY_TOKEN, secret=secret),)


def in_project(project: int | str) -> Any:
    return identity_pb2.Place(project=str(project))


def in_group(group: int | str) -> Any:
    return identity_pb2.Place(group=str(group))


def at(project: int | str, file: str = "file.bin", *, name: str = "tool", version: str = "1.0") -> Any:
    return packages_pb2.PackageFileCoordinates(
        project=str(project), package_name=name, package_version=version, file_name=file
    )


def reason(error: Exception) -> str:
    """Return why a call or an operation was refused: the reason, or the status code where there is none."""
    failure = _failure(error)
    return failure.reason.value if isinstance(failure, Failure) else failure.code.name


def outcome(call: Any, request: Any) -> str:
    return ending(lambda: call(request, timeout=SECONDS))


def ending(act: Callable[[], object]) -> str:
    """Return how calls ended: "OK", or why one was refused."""
    try:
        act()
    except REFUSALS as error:
        return reason(error)
    return "OK"


def refusal(act: Callable[[], object]) -> Failure:
    with pytest.raises(REFUSALS) as raised:
        act()
    failure = _failure(raised.value)
    assert isinstance(failure, Failure)
    return failure


def _failure(error: Exception) -> Failure | TransportFailure:
    """Return what an operation raised, or what the error of a call carries."""
    if isinstance(error, Failure | TransportFailure):
        return error
    return read_rpc_error(error)  # type: ignore[arg-type]  # a call of the threaded client has the same methods


@dataclass(slots=True)
class Registry:
    channel: grpc.Channel
    root: Sequence[Credential]
    data: Path
    edition: str
    address: str
    packages: PackagesServiceStub = field(init=False)
    content: ContentServiceStub = field(init=False)
    operations: Operations = field(init=False)

    def __post_init__(self) -> None:
        self.packages = PackagesServiceStub(self.channel)
        self.content = ContentServiceStub(self.channel)
        self.operations = Operations(self.channel)

    def ask(self, call: str, *, by: Any = None, request_id: Any = "", **values: Any) -> Any:
        """Make a call of the contract, or run an operation, as the administrator unless other credentials are given.

        Only an operation takes a request id.
        """
        kind = _REQUESTS[call]
        if "credentials" in kind.fields_by_name:
            values = {"credentials": self.root if by is None else by, **values}
        request = message_factory.GetMessageClass(kind)(**values)
        if call not in _METHODS:
            operation = Operation(request_id=request_id, **{call: request})  # type: ignore[arg-type]  # the field of the call's own request
            return getattr(self.operations.perform(operation, timeout=SECONDS), call)
        method = _METHODS[call]
        send = self.channel.unary_unary(
            f"/{method.containing_service.full_name}/{call}",
            request_serializer=type(request).SerializeToString,
            response_deserializer=message_factory.GetMessageClass(method.output_type).FromString,
        )
        return send(request, timeout=SECONDS)

    def outcome(self, call: str, **values: Any) -> str:
        return ending(lambda: self.ask(call, **values))

    def group(self, *, parent: int | None = None, visibility: str = "PUBLIC") -> Any:
        path = f"group-{next(_numbers):05}"
        return self.ask(
            "CreateGroup",
            name=path,
            path=path,
            parent_id=parent,
            visibility=identity_pb2.Visibility.Value(f"VISIBILITY_{visibility}"),
        ).group

    def project(self, visibility: str = "PUBLIC", *, group: int | None = None) -> Any:
        path = f"project-{next(_numbers):05}"
        return self.ask(
            "CreateProject",
            name=path,
            path=path,
            group_id=group or self.group().id,
            visibility=identity_pb2.Visibility.Value(f"VISIBILITY_{visibility}"),
        ).project

    def project_without_duplicates(self) -> int:
        """Make a project in a group that takes no file name twice; return its id."""
        group = self.group().id
        self.settings(group, allowed=False)
        return int(self.project(group=group).id)

    def access_token(
        self, project: int, level: int = 30, *, scopes: Sequence[str] = ("api",), expires_at: str | None = None
    ) -> Any:
        return self.ask(
            "CreateAccessToken",
            place=in_project(project),
            name="token",
            scopes=scopes,
            access_level=level,
            expires_at=expires_at,
        )

    def member(self, project: int, level: int = 30, *, scopes: Sequence[str] = ("api",)) -> tuple[Credential, ...]:
        return private_token(self.access_token(project, level, scopes=scopes).secret)

    def deploy_token(self, project: int, *scopes: str) -> tuple[Credential, ...]:
        return deploy_token(
            self.ask("CreateDeployToken", place=in_project(project), name="token", scopes=scopes).secret
        )

    def settings(self, group: int, *, allowed: bool | None = None, regex: str | None = None) -> None:
        self.ask(
            "UpdatePackageSettings",
            group=str(group),
            generic_duplicates_allowed=allowed,
            generic_duplicate_exception_regex=regex,
        )

    def publish(
        self, where: Any, content: bytes = b"content", *, by: Any = None, **more: Any
    ) -> packages_pb2.PackageFile:
        """Publish a small file."""
        published = self.ask("publish", by=by, coordinates=where, content=content, **more)
        return published.package_file  # type: ignore[no-any-return]

    def open(self, where: Any, *, by: Any = None, **more: Any) -> Any:
        return self.ask("open_package_file", by=by, coordinates=where, **more)

    def publishing(self, project: int, by: Any = None) -> str:
        """Publish one small file, and return "OK" or why it was refused."""
        return self.outcome("publish", by=by, coordinates=at(project))

    def opening(self, project: int, by: Any = None) -> str:
        """Open that file, and return "OK" or why it was refused."""
        return self.outcome("open_package_file", by=by, coordinates=at(project))

    def begin(self, where: Any, *, by: Any = None, **more: Any) -> Any:
        """Begin a large publication."""
        return self.ask("begin_publication", by=by, coordinates=where, **more)

    def send(self, upload_id: str, content: bytes, *, message: int = MESSAGE) -> content_pb2.UploadContentResponse:
        return self.content.UploadContent(parts(upload_id, content, message), timeout=SECONDS)

    def commit(self, upload_id: str, content: bytes, **more: Any) -> packages_pb2.PackageFile:
        values = {"size": len(content), "sha256": hashlib.sha256(content).digest(), **more}
        return self.ask("commit_publication", upload_id=upload_id, **values).package_file  # type: ignore[no-any-return]

    def publish_large(self, where: Any, content: bytes, *, by: Any = None) -> packages_pb2.PackageFile:
        """Publish a file in three steps, its content through the storage."""
        begun = self.begin(where, by=by, declared_size=len(content))
        self.send(begun.upload_id, content)
        return self.commit(begun.upload_id, content)

    def read(self, where: Any, *, by: Any = None) -> bytes:
        opened = self.open(where, by=by)
        if opened.WhichOneof("content") == "inline_content":
            return bytes(opened.inline_content)
        request = content_pb2.DownloadContentRequest(
            read_ticket=opened.read_ticket, offset=0, length=opened.package_file.size
        )
        return b"".join(part.content for part in self.content.DownloadContent(request, timeout=SECONDS))

    def files(self, project: int | str, package_id: int) -> list[packages_pb2.PackageFile]:
        part = {"per_page": 100}
        return list(self.ask("ListPackageFiles", project=str(project), package_id=package_id, part=part).package_files)

    def delete_package(self, project: int, package_id: int) -> None:
        self.ask("DeletePackage", project=str(project), package_id=package_id)

    def delete_file(self, project: int, package_id: int, file_id: int) -> None:
        self.ask("DeletePackageFile", project=str(project), package_id=package_id, package_file_id=file_id)

    def blobs(self) -> set[str]:
        return {path.name for path in (self.data / "volume/blobs").rglob("*") if path.is_file()}

    def freed_to(self, blobs: set[str]) -> None:
        """Wait until nothing but this lies on the volume: what is deleted is freed after the answer."""
        eventually(lambda: self.blobs() == blobs, what="what was deleted is not freed")

    def staged(self) -> set[str]:
        return {path.name for path in (self.data / "volume/staging").iterdir()}


def parts(upload_id: str, content: bytes, message: int = MESSAGE) -> Iterator[content_pb2.UploadContentRequest]:
    yield content_pb2.UploadContentRequest(upload_id=upload_id)
    for start in range(0, len(content), message):
        yield content_pb2.UploadContentRequest(content=content[start : start + message])


def _settings(folder: Path, **settings: Any) -> StorageSettings:
    return StorageSettings(**{"data": folder / "data", "listen": TcpAddress("127.0.0.1", 0), **settings})


def refused_start(folder: Path, **settings: Any) -> str:
    """Return why a storage does not start."""
    with pytest.raises(StartRefusedError) as refused, serving_in_thread(_settings(folder, **settings)):
        pass
    return str(refused.value)


@contextlib.contextmanager
def running(folder: Path, **settings: Any) -> Iterator[Registry]:
    token = folder / "root-token"
    told = _settings(folder, root_token_file=token, drain_seconds=1.0, **settings)
    with serving_in_thread(told) as address, grpc.insecure_channel(address.target) as channel:
        yield Registry(channel, private_token(token.read_text().strip()), folder / "data", told.edition, address.target)


@contextlib.contextmanager
def serving_in_thread(settings: StorageSettings) -> Iterator[Address]:
    """Serve in a thread with an event loop of its own; what it raises at start is raised here."""
    started: queue.Queue[Address | BaseException] = queue.Queue()
    loop = asyncio.new_event_loop()
    told = asyncio.Event()

    async def serve() -> None:
        try:
            async with serving(settings) as storage:
                started.put(storage.address)
                await told.wait()
        except BaseException as error:
            started.put(error)
            raise

    def work() -> None:
        with contextlib.suppress(Exception), asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=work, name="storage")
    thread.start()
    answer = started.get(timeout=SECONDS)
    if isinstance(answer, BaseException):
        thread.join()
        raise answer
    try:
        yield answer
    finally:
        loop.call_soon_threadsafe(told.set)
        thread.join()
