"""Broken registries that do not give out the newest file of a name."""

from __future__ import annotations

import asyncio
import zlib
from collections import defaultdict
from dataclasses import replace
from http import HTTPStatus

from conformance.selftest.corruption import followed
from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Request, Response, collect, json_response, message_response, whole
from conformance.selftest.mutation import PackageFileMutation, answered, serve
from conformance.selftest.package_requests import (
    PackageFilePath,
    is_download,
    is_head,
    is_publish,
    is_read,
    package_file_path,
)
from conformance.selftest.upstream import Upstream

SMALL = 64 * 1024
Key = tuple[str, ...]


class FirstFileWins(PackageFileMutation):
    """Remembers which names it has, acknowledges every further upload of one and throws it away."""

    def __init__(self) -> None:
        self._known: set[Key] = set()

    async def serve(self, request: Request, path: PackageFilePath, upstream: Upstream) -> Response:
        """Answer 201 to a repeated upload."""
        if not is_publish(request):
            return await upstream.forward(request)
        if path.decoded in self._known:
            return await answered(request, upstream, json_response(HTTPStatus.CREATED, {"message": "201 Created"}))
        self._known.add(path.decoded)
        is_stored = False
        try:
            response = await upstream.forward(request)
            is_stored = response.has_document
        finally:
            if not is_stored:
                self._known.discard(path.decoded)
        return response


class CachesForEver(PackageFileMutation):
    """Keeps the first successful download of a file and gives it ever after."""

    def __init__(self) -> None:
        self._kept: dict[Key, tuple[Response, bytes]] = {}

    async def serve(self, request: Request, path: PackageFilePath, upstream: Upstream) -> Response:
        """Answer out of memory; large files, ranges and conditional requests pass."""
        is_special = any(request.header(name) for name in ("range", "if-none-match"))
        response = await upstream.forward(request)
        is_small = int(response.header("content-length") or SMALL) < SMALL
        if is_special or not is_download(request) or response.status != HTTPStatus.OK or not is_small:
            return response
        if path.decoded in self._kept:
            upstream.mark_mutated()
        else:
            self._kept[path.decoded] = response, await collect(response.body)
        kept, content = self._kept[path.decoded]
        return replace(kept, body=whole(content))


class DescribesTheFirst(PackageFileMutation):
    """Remembers the length of the first file of every name and declares it on HEAD."""

    def __init__(self) -> None:
        self._lengths: dict[Key, str] = {}

    async def serve(self, request: Request, path: PackageFilePath, upstream: Upstream) -> Response:
        """Declare the first length."""
        length = request.header("content-length")
        if is_publish(request) and length:
            self._lengths.setdefault(path.decoded, length)
        response = await upstream.forward(request)
        first = self._lengths.get(path.decoded) if is_head(request) else None
        if response.status != HTTPStatus.OK or first in {None, response.header("content-length")}:
            return response
        upstream.mark_mutated()
        return response.with_header("Content-Length", first)


class KeepsATail(PackageFileMutation):
    """Stores every further file of a name with a byte behind it.

    Uploads of one name are taken one after another, so that the first to come is not the last to be stored.
    """

    def __init__(self) -> None:
        self._known: set[Key] = set()
        self._turns: dict[Key, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def serve(self, request: Request, path: PackageFilePath, upstream: Upstream) -> Response:
        """Lengthen a repeated upload."""
        if not is_publish(request):
            return await upstream.forward(request)
        async with self._turns[path.decoded]:
            if path.decoded in self._known:
                upstream.mark_mutated()
                return await upstream.forward(request.chunked(followed(request.body, b"\0")))
            self._known.add(path.decoded)
            return await upstream.forward(request)


async def _tagged_by_name(request: Request, upstream: Upstream) -> Response:
    """Answer 304 to whoever knows the name's tag, and put it on every download."""
    path = package_file_path(request)
    tag = f'"{zlib.crc32(repr(path and path.decoded).encode()):x}"'
    if request.header("if-none-match") == tag:
        return Response(HTTPStatus.NOT_MODIFIED, (("ETag", tag),), whole(b""), "Not Modified")
    return (await upstream.forward(request)).with_header("ETag", tag)


class ReplacesThePackage(PackageFileMutation):
    """Forgets a package's other files when a file of it is published again."""

    def __init__(self) -> None:
        self._files: dict[Key, set[str]] = defaultdict(set)
        self._lost: set[Key] = set()

    async def serve(self, request: Request, path: PackageFilePath, upstream: Upstream) -> Response:
        """Answer 404 for a lost file."""
        if is_publish(request):
            self._note(path.package, path.decoded[3])
        elif is_read(request) and path.decoded in self._lost:
            return await answered(request, upstream, message_response(HTTPStatus.NOT_FOUND))
        return await upstream.forward(request)

    def _note(self, package: Key, file_name: str) -> None:
        files = self._files[package]
        if file_name in files:
            self._lost |= {(*package, other) for other in files - {file_name}}
        self._lost.discard((*package, file_name))
        files.add(file_name)


FAULTS = {
    "newest.first-file-wins": Fault("The first file of a name stays for ever.", FirstFileWins),
    "newest.caches-downloads": Fault("What was once downloaded is served from a cache for ever.", CachesForEver),
    "newest.head-describes-the-first": Fault("HEAD describes the first file of a name.", DescribesTheFirst),
    "newest.keeps-a-tail": Fault("A file published again keeps the end of the older one.", KeepsATail),
    "newest.tags-by-name": Fault("The ETag follows from the file's name.", serve(is_read, _tagged_by_name)),
    "newest.replaces-the-package": Fault(
        "Publishing a file again drops the package's other files.", ReplacesThePackage
    ),
}
