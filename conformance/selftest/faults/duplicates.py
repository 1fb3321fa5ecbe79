"""Broken registries that judge duplicates wrongly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from conformance.selftest.faults.fault import DOCUMENTED, Fault
from conformance.selftest.messages import Request, Response, collect, json_response, message_response
from conformance.selftest.mutation import PackageFileMutation, SelectiveMutation, answered
from conformance.selftest.package_requests import PackageFilePath, is_publish, is_read
from conformance.selftest.proxy import Mutation
from conformance.selftest.upstream import Upstream

DEPTH = 2  # slashes in the path of a project whose group, itself inside the run's, has settings
WORDS = "Duplicate package is not allowed"
REFUSAL = {"message": f"400 Bad request - {WORDS}"}
Key = tuple[str, ...]


async def _is_refusal(response: Response) -> tuple[bool, Response]:
    """Return whether a response refuses a duplicate, and the response to pass on."""
    if response.status != HTTPStatus.BAD_REQUEST:
        return False, response
    content = await collect(response.body)
    return WORDS.encode() in content, response.with_content(content)


def _is_bad_request(_: Request, response: Response) -> bool:
    return response.status == HTTPStatus.BAD_REQUEST


def _refusals(instead: Callable[[], Response]) -> Mutation:
    """Say something else instead of refusing a duplicate."""

    async def mutate(request: Request, upstream: Upstream) -> Response:
        refused, response = await _is_refusal(await upstream.forward(request))
        if not (is_publish(request) and refused):
            return response
        upstream.mark_mutated()
        return instead()

    return mutate


never_refuses = _refusals(lambda: json_response(HTTPStatus.CREATED, {"message": "201 Created"}))
gives_no_reason = _refusals(lambda: message_response(HTTPStatus.BAD_REQUEST))


class RefusesTheSecond(PackageFileMutation):
    """Remembers what was published by a part of its path, and refuses what comes again."""

    def __init__(self, key: Callable[[PackageFilePath], Key]) -> None:
        self._key = key
        self._known: set[Key] = set()

    async def serve(self, request: Request, path: PackageFilePath, upstream: Upstream) -> Response:
        """Refuse or forward a publish."""
        if is_publish(request) and self._key(path) in self._known:
            return await answered(request, upstream, json_response(HTTPStatus.BAD_REQUEST, REFUSAL))
        if is_publish(request):
            self._known.add(self._key(path))
        return await upstream.forward(request)


class RefusesTheSecondBelow(RefusesTheSecond):
    """Refuses what comes again in the projects below a subgroup of a subgroup."""

    async def serve(self, request: Request, path: PackageFilePath, upstream: Upstream) -> Response:
        """Refuse or forward a publish."""
        project = upstream.observed.project(path.project)
        if project is None or project.path.count("/") <= DEPTH:
            return await upstream.forward(request)
        return await super().serve(request, path, upstream)


class LosesWhatWasDuplicated(PackageFileMutation):
    """Gives no file out any more of which a duplicate was refused."""

    def __init__(self) -> None:
        self._lost: set[Key] = set()

    async def serve(self, request: Request, path: PackageFilePath, upstream: Upstream) -> Response:
        """Note a refusal, or answer 404."""
        if is_read(request) and path.decoded in self._lost:
            return await answered(request, upstream, message_response(HTTPStatus.NOT_FOUND))
        refused, response = await _is_refusal(await upstream.forward(request))
        if refused:
            self._lost.add(path.decoded)
        return response


class ChangesTheStatus(PackageFileMutation):
    """Publishes another file with the status that a refused duplicate asks for."""

    async def serve(self, request: Request, path: PackageFilePath, upstream: Upstream) -> Response:
        """Publish the other file after a refusal."""
        refused, response = await _is_refusal(await upstream.forward(request))
        if is_publish(request) and refused and "status" in path.parameters:
            upstream.mark_mutated()
            other = replace(path, file_name=f"other-{path.file_name}")
            await upstream.forward(request.with_target(other.target).with_content(b"other"))
        return response


def _by_file(path: PackageFilePath) -> Key:
    return path.decoded


def _by_name(path: PackageFilePath) -> Key:
    return path.decoded[:2]


FAULTS = {
    "duplicates.never-refused": Fault(
        "A duplicate is acknowledged under every policy.",
        SelectiveMutation(never_refuses, chooses_response=_is_bad_request),
    ),
    "duplicates.always-refused": Fault(
        "A duplicate is refused under every policy.", lambda: RefusesTheSecond(_by_file)
    ),
    "duplicates.15-always-refused": Fault(
        "A duplicate is refused under every policy.", lambda: RefusesTheSecond(_by_file), DOCUMENTED
    ),
    "duplicates.subgroups-inherit": Fault(
        "The settings of a group concern its subgroups, whatever theirs are.",
        lambda: RefusesTheSecondBelow(_by_file),
    ),
    "duplicates.names-are-unique": Fault(
        "The second file of a package name is a duplicate, whatever its own name and version are.",
        lambda: RefusesTheSecond(_by_name),
    ),
    "duplicates.no-reason-is-given": Fault(
        "The refusal of a duplicate gives no reason.",
        SelectiveMutation(gives_no_reason, chooses_response=_is_bad_request),
    ),
    "duplicates.refusals-lose-the-file": Fault(
        "Refusing a duplicate loses the file that is there.", LosesWhatWasDuplicated
    ),
    "duplicates.refusals-change-the-status": Fault(
        "A duplicate that is refused changes the status of its package.", ChangesTheStatus
    ),
}
