"""Broken registries that describe or deliver downloads wrongly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import unquote

from conformance.selftest.corruption import flipped, shortened
from conformance.selftest.faults.fault import DOCUMENTED, FLAGGED, Fault
from conformance.selftest.messages import Request, Response, collect, message_response, whole, without
from conformance.selftest.mutation import PackageFileMutation, RequestPredicate, header, refuse, rewrite_response, serve
from conformance.selftest.package_requests import (
    PackageFilePath,
    about,
    is_download,
    is_head,
    is_publish,
    is_read,
    package_file_path,
)
from conformance.selftest.upstream import Upstream


def _with_status(when: RequestPredicate, status: int) -> Callable[[Request, Response], bool]:
    return lambda request, response: when(request) and response.status == status


delivered = _with_status(is_download, HTTPStatus.OK)
described = _with_status(is_head, HTTPStatus.OK)
missing = _with_status(is_download, HTTPStatus.NOT_FOUND)
read = _with_status(is_read, HTTPStatus.OK)


def _undeclared(response: Response) -> Response:
    return replace(response, headers=(*without(response.headers, "content-length"), ("Transfer-Encoding", "chunked")))


def _cut_off(response: Response) -> Response:
    return replace(response, body=shortened(response.body, 1), hang_up=True)


def _with_a_body(response: Response) -> Response:
    length = int(response.header("content-length") or 0)
    return replace(response, body=whole(bytes(length)))


def _declaring_one_more(response: Response) -> Response:
    return response.with_header("Content-Length", str(int(response.header("content-length") or 0) + 1))


def _empty_file(response: Response) -> Response:
    return response.with_status(HTTPStatus.OK).with_content(b"").with_header("Content-Type", "application/octet-stream")


def _text_like(request: Request, response: Response) -> bool:
    path = package_file_path(request)
    return delivered(request, response) and path is not None and path.file_name.endswith((".json", ".txt"))


async def _as_utf8(response: Response) -> Response:
    content = await collect(response.body)
    return response.with_content(content.decode("utf-8", "replace").encode())


_without_dot = about(lambda path: "." not in unquote(path.file_name), is_read)


async def _redirected(request: Request, upstream: Upstream) -> Response:
    return message_response(307).with_header("Location", upstream.origin + request.target)


class KeepsContentTypes(PackageFileMutation):
    """Remembers the Content-Type of every upload and labels the download with it."""

    def __init__(self) -> None:
        self._types: dict[tuple[str, ...], str] = {}

    async def serve(self, request: Request, path: PackageFilePath, upstream: Upstream) -> Response:
        """Label a download."""
        label = request.header("content-type")
        if is_publish(request) and label:
            self._types[path.decoded] = label
        response = await upstream.forward(request)
        if not delivered(request, response) or path.decoded not in self._types:
            return response
        upstream.mark_mutated()
        return response.with_header("Content-Type", self._types[path.decoded])


FAULTS = {
    "download.keeps-content-types": Fault("A download carries the upload's Content-Type.", KeepsContentTypes),
    "download.undeclared-length": Fault(
        "A download is sent chunked, without Content-Length.", rewrite_response(delivered, _undeclared)
    ),
    "download.always-404": Fault("Nothing that was published is found.", refuse(is_read, 404)),
    "download.spoils-the-first-byte": Fault(
        "The first byte of every download is inverted.",
        rewrite_response(delivered, lambda response: replace(response, body=flipped(response.body, 0))),
    ),
    "download.cut-off": Fault("Every download breaks off before its last byte.", rewrite_response(delivered, _cut_off)),
    "download.loses-the-last-byte": Fault(
        "A download lacks its last byte and declares one byte less.",
        rewrite_response(delivered, lambda response: _undeclared(replace(response, body=shortened(response.body, 1)))),
    ),
    "download.fails-with-a-location": Fault(
        "Every download fails in the server, and the response names a Location.",
        rewrite_response(delivered, lambda response: response.with_status(500).with_header("Location", "/elsewhere")),
    ),
    "download.converts-by-name": Fault(
        "A download whose name ends in .json or .txt is converted to UTF-8.", rewrite_response(_text_like, _as_utf8)
    ),
    "download.wants-an-extension": Fault("A file whose name has no dot is not found.", refuse(_without_dot, 404)),
    "download.missing-is-empty": Fault(
        "What does not exist downloads as an empty file.", rewrite_response(missing, _empty_file)
    ),
    "download.missing-is-500": Fault(
        "A download of what does not exist fails in the server.",
        rewrite_response(missing, lambda response: response.with_status(500)),
    ),
    "download.missing-head-is-200": Fault(
        "HEAD of what does not exist is 200.",
        rewrite_response(_with_status(is_head, HTTPStatus.NOT_FOUND), _empty_file),
    ),
    "download.shown-in-the-browser": Fault(
        "Content-Disposition is inline.", rewrite_response(read, header("Content-Disposition", "inline"))
    ),
    "download.nameless": Fault(
        "Content-Disposition does not name the file.",
        rewrite_response(read, header("Content-Disposition", "attachment")),
    ),
    "download.without-disposition": Fault(
        "A download carries no Content-Disposition.", rewrite_response(read, header("Content-Disposition", None))
    ),
    "download.without-checksum": Fault(
        "A download carries no X-Checksum-SHA256.", rewrite_response(read, header("X-Checksum-SHA256", None))
    ),
    "download.wrong-checksum": Fault(
        "X-Checksum-SHA256 is another file's.", rewrite_response(read, header("X-Checksum-SHA256", "0" * 64))
    ),
    "download.no-head": Fault("HEAD is not allowed.", refuse(is_head, 405)),
    "download.head-of-nothing": Fault(
        "HEAD declares a length of 0.", rewrite_response(described, header("Content-Length", "0"))
    ),
    "download.head-without-length": Fault(
        "HEAD declares no length.", rewrite_response(described, header("Content-Length", None))
    ),
    "download.head-one-too-long": Fault(
        "HEAD declares one byte too many.", rewrite_response(described, _declaring_one_more)
    ),
    "download.head-with-a-body": Fault("HEAD is answered with the body.", rewrite_response(described, _with_a_body)),
    "download.15-always-404": Fault(
        "Nothing that was published is found, in GitLab 15.0.", refuse(is_read, 404), DOCUMENTED
    ),
    "download.15-labels-by-name": Fault(
        "Every download is application/gzip in GitLab 15.0.",
        rewrite_response(delivered, header("Content-Type", "application/gzip")),
        DOCUMENTED,
    ),
    "download.flagged-spoils-the-first-byte": Fault(
        "The first byte of every download is inverted in GitLab 18.1.",
        rewrite_response(delivered, lambda response: replace(response, body=flipped(response.body, 0))),
        FLAGGED,
    ),
    "download.labels-all-alike": Fault(
        "Every download is application/octet-stream, whatever its name is.",
        rewrite_response(delivered, header("Content-Type", "application/octet-stream")),
    ),
    "download.redirects-away": Fault(
        "A download is redirected to a storage on another host.", serve(is_download, _redirected)
    ),
}
