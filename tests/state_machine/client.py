"""Operations as requests to a running server."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.state_machine.model import (
    ChangeSettings,
    Content,
    DeleteFile,
    DeletePackage,
    Download,
    ListFiles,
    ListPackages,
    Operation,
    Outcome,
    Publish,
    ReadSettings,
)
from tests.support.front_end import Answer, Served
from tests.support.graphql_queries import ask

_SETTINGS = """mutation($path: ID!, $allowed: Boolean!, $exception: UntrustedRegexp!) {
  updateNamespacePackageSettings(input: {
    namespacePath: $path, genericDuplicatesAllowed: $allowed, genericDuplicateExceptionRegex: $exception
  }) { errors }
}"""
_READ_SETTINGS = """query($path: ID!) {
  group(fullPath: $path) { packageSettings { genericDuplicatesAllowed genericDuplicateExceptionRegex } }
}"""
_CHUNK_BYTES = 9_000
_LIST = "order_by={}&sort=asc&per_page=100"
_numbers = itertools.count(1)


class UnexpectedAnswerError(AssertionError):
    """An answer that no operation has, whatever came before it."""


@dataclass(frozen=True, slots=True)
class ProjectClient:
    """Does operations in one project; `group` is the path of its group, which has the settings."""

    served: Served
    project: int
    group: str

    def do(self, operation: Operation) -> Outcome:
        """Return what came of one operation. Raise UnexpectedAnswerError."""
        match operation:
            case Publish():
                return self._publish(operation)
            case DeletePackage():
                return self._delete(f"/{operation.package_id}")
            case DeleteFile():
                return self._delete(f"/{operation.package_id}/package_files/{operation.file_id}")
            case ChangeSettings():
                return self._change(operation)
            case Download() | ListPackages() | ListFiles() | ReadSettings():
                return self._read(operation)

    def do_together(self, operations: list[Operation]) -> list[tuple[Operation, Outcome]]:
        """Return what came of operations that were sent at the same time."""
        with ThreadPoolExecutor(len(operations)) as threads:
            return list(zip(operations, threads.map(self.do, operations), strict=True))

    def _read(self, operation: Download | ListPackages | ListFiles | ReadSettings) -> Outcome:
        match operation:
            case Download():
                return self._download(operation)
            case ListPackages():
                return self._list("?" + _LIST.format("created_at"))
            case ListFiles():
                return self._list(f"/{operation.package_id}/package_files?" + _LIST.format("id"))
            case ReadSettings():
                return self._settings()

    def _publish(self, operation: Publish) -> Outcome:
        body = _chunks(operation.content) if operation.chunked else operation.content
        answer = self.served.send("PUT", f"{self._file(operation)}?select=package_file", body)
        if answer.status != 200:
            return _plain(answer)
        value = answer.json()
        return Outcome(200, (value["package_id"], value["id"]))

    def _download(self, operation: Download) -> Outcome:
        headers: Mapping[str, str] = {}
        if operation.span is not None:
            headers = {"Range": "bytes={}-{}".format(*operation.span)}
        answer = self.served.send("GET", self._file(operation), headers=headers)
        return Outcome(answer.status, content=Content(answer.body)) if answer.status in {200, 206} else _plain(answer)

    def _delete(self, target: str) -> Outcome:
        return _plain(self.served.delete(f"/projects/{self.project}/packages{target}"))

    def _list(self, target: str) -> Outcome:
        answer = self.served.get(f"/projects/{self.project}/packages{target}")
        if answer.status != 200:
            return _plain(answer)
        return Outcome(200, tuple(item["id"] for item in answer.items()))

    def _change(self, operation: ChangeSettings) -> Outcome:
        allowed, exception = operation.allowed, operation.exception
        answer = ask(self.served, _SETTINGS, path=self.group, allowed=allowed, exception=exception)
        if answer.messages or answer.data["updateNamespacePackageSettings"]["errors"]:
            raise UnexpectedAnswerError(f"settings were refused: {answer}")
        return Outcome(answer.status)

    def _settings(self) -> Outcome:
        answer = ask(self.served, _READ_SETTINGS, path=self.group)
        if answer.messages:
            raise UnexpectedAnswerError(f"settings cannot be read: {answer}")
        read = answer.data["group"]["packageSettings"]
        exception = Content(read["genericDuplicateExceptionRegex"].encode())
        return Outcome(answer.status, (int(read["genericDuplicatesAllowed"]),), exception)

    def _file(self, operation: Publish | Download) -> str:
        name, version = operation.package
        return f"/api/v4/projects/{self.project}/packages/generic/{name}/{version}/{operation.file_name}"


def new_project(served: Served) -> ProjectClient:
    """Create a project in a group of its own."""
    path = f"machine-{os.getpid()}-{next(_numbers)}"
    group = served.post("/groups", {"name": path, "path": path}).json()
    project = served.post("/projects", {"name": "Files", "path": "files", "namespace_id": group["id"]}).json()
    return ProjectClient(served, project["id"], path)


def _plain(answer: Answer) -> Outcome:
    """Return the outcome of an answer of which the status alone counts."""
    if answer.status >= 500 or (answer.body and not isinstance(json.loads(answer.body), dict)):
        raise UnexpectedAnswerError(f"{answer.status}: {answer.body[:200]!r}")
    return Outcome(answer.status)


def _chunks(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), _CHUNK_BYTES):
        yield content[start : start + _CHUNK_BYTES]
