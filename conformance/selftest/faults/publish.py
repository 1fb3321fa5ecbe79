"""Broken registries that answer a publish wrongly, store something else than was sent, or confuse packages."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

from conformance.selftest.corruption import flipped, followed, shortened
from conformance.selftest.faults.fault import DOCUMENTED, FLAGGED, Fault
from conformance.selftest.messages import Request, Response, collect, message_response
from conformance.selftest.mutation import (
    PackageFileMutation,
    RequestPredicate,
    answered,
    refuse,
    respond,
    rewrite_path,
    rewrite_request,
    rewrite_response,
)
from conformance.selftest.package_requests import (
    PackageFilePath,
    about,
    concerns_package_file,
    is_publish,
    is_read,
    publishes_with,
)
from conformance.selftest.upstream import Upstream

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
JSON = "application/json"
without_select = about(lambda path: "select" not in path.parameters, is_publish)


def labelled(media_type: str) -> RequestPredicate:
    """Choose publishes whose Content-Type is this one."""
    return lambda request: is_publish(request) and (request.header("content-type") or "").startswith(media_type)


def _unlabelled(request: Request) -> bool:
    return is_publish(request) and request.header("content-type") is None


def _empty(request: Request) -> bool:
    return is_publish(request) and request.header("content-length") == "0"


def _created(request: Request, response: Response) -> bool:
    return without_select(request) and response.status == HTTPStatus.CREATED


async def _form_decoded(request: Request) -> Request:
    return request.with_content(unquote_to_bytes((await collect(request.body)).replace(b"+", b" ")))


async def _unwrapped(request: Request) -> Request:
    content = await collect(request.body)
    return request.with_content(content.partition(b"\r\n\r\n")[2].rpartition(b"\r\n--")[0])


async def _reserialised(request: Request) -> Request:
    content = await collect(request.body)
    try:
        return request.with_content(json.dumps(json.loads(content), sort_keys=True, indent=2).encode())
    except ValueError:
        return request.with_content(b"null")


class TakesOnly(PackageFileMutation):
    """Counts the publishes into every package and fails with 500 beyond `most` of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: dict[tuple[str, ...], int] = defaultdict(int)

    async def serve(self, request: Request, path: PackageFilePath, upstream: Upstream) -> Response:
        """Fail or forward a publish."""
        self._taken[path.package] += is_publish(request)
        if is_publish(request) and self._taken[path.package] > self._most:
            return await answered(request, upstream, message_response(HTTPStatus.INTERNAL_SERVER_ERROR))
        return await upstream.forward(request)


class LocksAfter(PackageFileMutation):
    """Counts the uploads of every name and fails with 500, whatever is asked, once there were `most` of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._uploads: dict[tuple[str, ...], int] = defaultdict(int)

    async def serve(self, request: Request, path: PackageFilePath, upstream: Upstream) -> Response:
        """Fail or forward."""
        if self._uploads[path.decoded] >= self._most:
            return await answered(request, upstream, message_response(HTTPStatus.INTERNAL_SERVER_ERROR))
        self._uploads[path.decoded] += is_publish(request)
        return await upstream.forward(request)


class SharesFilesBetweenVersions(PackageFileMutation):
    """Remembers the first version of every package name and uses it for all others."""

    def __init__(self) -> None:
        self._versions: dict[tuple[str, str], str] = {}

    async def serve(self, request: Request, path: PackageFilePath, upstream: Upstream) -> Response:
        """Replace the version."""
        key = path.package[:2]
        if is_publish(request):
            self._versions.setdefault(key, path.version)
        first = self._versions.get(key, path.version)
        if first == path.version:
            return await upstream.forward(request)
        upstream.mark_mutated()
        return await upstream.forward(request.with_target(replace(path, version=first).target))


class HidesHidden(PackageFileMutation):
    """Remembers what was published as hidden and does not give it out."""

    def __init__(self) -> None:
        self._hidden: set[tuple[str, ...]] = set()

    async def serve(self, request: Request, path: PackageFilePath, upstream: Upstream) -> Response:
        """Answer 404 for a hidden file."""
        if publishes_with("status", "hidden")(request):
            self._hidden.add(path.decoded)
        if not is_read(request) or path.decoded not in self._hidden:
            return await upstream.forward(request)
        return await answered(request, upstream, message_response(HTTPStatus.NOT_FOUND))


class DeletesByPath(PackageFileMutation):
    """Forgets a file for which a DELETE came, whatever it answers to the DELETE."""

    def __init__(self, status: int) -> None:
        self._status = status
        self._deleted: set[tuple[str, ...]] = set()

    async def serve(self, request: Request, path: PackageFilePath, upstream: Upstream) -> Response:
        """Answer the DELETE, and 404 from then on."""
        if request.method == "DELETE":
            self._deleted.add(path.decoded)
            return await answered(request, upstream, message_response(self._status))
        if path.decoded in self._deleted:
            return await answered(request, upstream, message_response(HTTPStatus.NOT_FOUND))
        return await upstream.forward(request)


FAULTS = {
    "publish.answers-200": Fault(
        "A publish is answered 200 instead of 201.",
        rewrite_response(_created, lambda response: response.with_status(200)),
    ),
    "publish.answers-without-message": Fault(
        "A publish is answered with an empty JSON object.",
        rewrite_response(_created, lambda response: response.with_content(b"{}")),
    ),
    "publish.answers-in-plain-text": Fault(
        "A publish is answered with text that is no JSON.",
        rewrite_response(
            _created, lambda response: response.with_content(b"201 Created").with_header("Content-Type", "text/plain")
        ),
    ),
    "publish.stores-nothing": Fault(
        "A publish is answered 201 and nothing is stored.",
        rewrite_path(without_select, lambda path: replace(path, version=f"{path.version}.lost")),
    ),
    "publish.loses-the-last-byte": Fault(
        "The last byte of every file is lost on its way in.",
        rewrite_request(is_publish, lambda request: request.chunked(shortened(request.body, 1))),
    ),
    "publish.spoils-the-first-byte": Fault(
        "The first byte of every file is stored inverted.",
        rewrite_request(is_publish, lambda request: replace(request, body=flipped(request.body, 0))),
    ),
    "publish.appends-a-newline": Fault(
        "Every file is stored with a newline after it.",
        rewrite_request(is_publish, lambda request: request.chunked(followed(request.body, b"\n"))),
    ),
    "publish.refuses-empty-files": Fault("A file of zero bytes is refused.", refuse(_empty, 400)),
    "publish.pads-empty-files": Fault(
        "A file of zero bytes is stored as one newline.",
        rewrite_request(_empty, lambda request: request.with_content(b"\n")),
    ),
    "publish.needs-a-content-type": Fault("A body without a Content-Type is refused.", refuse(_unlabelled, 415)),
    "publish.drops-unlabelled-bodies": Fault(
        "A body without a Content-Type is stored as zero bytes.",
        rewrite_request(_unlabelled, lambda request: request.with_content(b"")),
    ),
    "publish.refuses-forms": Fault("A body labelled as a form is refused.", refuse(labelled(FORM), 415)),
    "publish.decodes-forms": Fault(
        "A body labelled as a form is stored decoded.", rewrite_request(labelled(FORM), _form_decoded)
    ),
    "publish.refuses-multipart": Fault("A multipart body is refused.", refuse(labelled(MULTIPART), 415)),
    "publish.unwraps-multipart": Fault(
        "Of a multipart body only the content of its first part is stored.",
        rewrite_request(labelled(MULTIPART), _unwrapped),
    ),
    "publish.refuses-json": Fault("A body labelled as JSON is refused.", refuse(labelled(JSON), 415)),
    "publish.rewrites-json": Fault(
        "A body labelled as JSON is parsed and stored in another form.", rewrite_request(labelled(JSON), _reserialised)
    ),
    "publish.refuses-status-default": Fault(
        "status=default is refused.", refuse(publishes_with("status", "default"), 400)
    ),
    "publish.refuses-status-hidden": Fault(
        "status=hidden is refused.", refuse(publishes_with("status", "hidden"), 400)
    ),
    "publish.15-answers-200": Fault(
        "A publish is answered 200 instead of 201, in GitLab 15.0.",
        rewrite_response(_created, lambda response: response.with_status(200)),
        DOCUMENTED,
    ),
    "publish.flagged-publishes-fail": Fault(
        "Every publish fails in the server, in GitLab 18.1 whose guests may download.", refuse(is_publish, 500), FLAGGED
    ),
    "packages.take-one-publish": Fault("The second publish into a package fails.", lambda: TakesOnly(1)),
    "packages.take-two-publishes": Fault("The third publish into a package fails.", lambda: TakesOnly(2)),
    "packages.take-four-publishes": Fault("The fifth publish into a package fails.", lambda: TakesOnly(4)),
    "packages.lock-after-eight-uploads": Fault(
        "A name that was uploaded eight times can neither be read nor written any more.", lambda: LocksAfter(8)
    ),
    "packages.shares-files-between-versions": Fault(
        "The version is not part of a file's key.", SharesFilesBetweenVersions
    ),
    "packages.hides-hidden-files": Fault("A file published as hidden does not download.", HidesHidden),
    "packages.deletes-by-path": Fault("DELETE on a file's path deletes the file.", lambda: DeletesByPath(204)),
    "packages.refuses-delete-and-deletes": Fault("DELETE on a path is 405, and deletes.", lambda: DeletesByPath(405)),
    "packages.acknowledges-deletes-by-path": Fault(
        "DELETE on a file's path is answered 200 and does nothing.",
        respond(
            lambda request: request.method == "DELETE" and concerns_package_file(request),
            lambda _: message_response(200),
        ),
    ),
}
