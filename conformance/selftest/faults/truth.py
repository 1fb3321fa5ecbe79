"""Broken registries whose downloads are other than what they say of themselves."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from conformance.selftest.corruption import flipped, followed
from conformance.selftest.endpoints import PACKAGE, endpoint
from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Request, Response, collect, whole
from conformance.selftest.mutation import (
    PackageFileMutation,
    ResponsePredicate,
    header,
    rewrite_response,
)
from conformance.selftest.package_requests import PackageFilePath, is_download, is_head, is_read
from conformance.selftest.upstream import Upstream

SENT, MODIFIED = "Thu, 01 Jan 2026 00:00:00 GMT", "Fri, 31 Dec 2100 23:59:59 GMT"
deletes = endpoint("DELETE", PACKAGE)


def _good(when: Callable[[Request], bool]) -> ResponsePredicate:
    return lambda request, response: when(request) and response.status == HTTPStatus.OK


def _deleted(request: Request, response: Response) -> bool:
    return deletes(request) and response.status == HTTPStatus.NO_CONTENT


def _accepting(coding: str) -> ResponsePredicate:
    return _good(lambda request: is_download(request) and coding in (request.header("accept-encoding") or ""))


def _overlong(response: Response) -> Response:
    return replace(response, body=followed(response.body, b"!"))


def _framed_twice(response: Response) -> Response:
    return replace(response, headers=(*response.headers, ("Transfer-Encoding", "chunked")))


async def _coded(response: Response) -> Response:
    coded = gzip.compress(await collect(response.body))
    return response.with_content(coded).with_header("Content-Encoding", "gzip")


async def _coded_otherwise(response: Response) -> Response:
    """Return a response whose coding has been spoilt within."""
    data = await collect(flipped(response.body, 0))
    return response.with_content(gzip.compress(data)).with_header("Content-Encoding", "gzip")


async def _summed_after_coding(response: Response) -> Response:
    coded = gzip.compress(await collect(response.body))
    summed = response.with_header("X-Checksum-SHA256", hashlib.sha256(coded).hexdigest())
    return summed.with_content(coded).with_header("Content-Encoding", "gzip")


def _modified_in_the_future(response: Response) -> Response:
    return response.with_header("Date", SENT).with_header("Last-Modified", MODIFIED)


class CountsModifications(PackageFileMutation):
    """Says at each download that the file was modified, one second later each time."""

    def __init__(self) -> None:
        self._count = 0

    async def serve(self, request: Request, path: PackageFilePath, upstream: Upstream) -> Response:  # noqa: ARG002 - the signature
        """Date a download."""
        response = await upstream.forward(request)
        if not _good(is_read)(request, response):
            return response
        upstream.mark_mutated()
        self._count += 1
        minutes, seconds = divmod(self._count, 60)
        return response.with_header(
            "Last-Modified", f"Thu, 01 Jan 2015 {minutes // 60:02}:{minutes % 60:02}:{seconds:02} GMT"
        )


FAULTS = {
    "truth.longer-than-declared": Fault(
        "A download has a byte more than Content-Length says.", rewrite_response(_good(is_download), _overlong)
    ),
    "truth.head-declares-more": Fault(
        "HEAD declares the length of a file ten times as long.",
        rewrite_response(
            _good(is_head),
            lambda response: response.with_header("Content-Length", f"{response.header('content-length')}0"),
        ),
    ),
    "truth.head-with-a-byte": Fault(
        "HEAD is followed by a byte.",
        rewrite_response(_good(is_head), lambda response: replace(response, body=whole(b"!"))),
    ),
    "truth.deletion-with-a-body": Fault(
        "204 is followed by null.", rewrite_response(_deleted, lambda response: replace(response, body=whole(b"null")))
    ),
    "truth.deletion-declares-a-body": Fault(
        "204 carries Content-Length.", rewrite_response(_deleted, header("Content-Length", "0"))
    ),
    "truth.framed-twice": Fault(
        "A download is sent in chunks and carries Content-Length too.",
        rewrite_response(_good(is_download), _framed_twice),
    ),
    "truth.coding-in-name-alone": Fault(
        "A download says that it is gzip, and is not.",
        rewrite_response(_accepting("gzip"), header("Content-Encoding", "gzip")),
    ),
    "truth.coding-of-other-bytes": Fault(
        "A download under gzip decodes to other bytes.", rewrite_response(_accepting("gzip"), _coded_otherwise)
    ),
    "truth.coding-that-nobody-knows": Fault(
        "A download has a coding that was not asked for.",
        rewrite_response(_accepting("gzip"), header("Content-Encoding", "x-own")),
    ),
    "truth.checksum-of-the-coding": Fault(
        "X-Checksum-SHA256 is that of the coded bytes.", rewrite_response(_accepting("gzip"), _summed_after_coding)
    ),
    "truth.identity-is-coded": Fault(
        "A download is coded although the client takes no coding.", rewrite_response(_accepting("identity"), _coded)
    ),
    "truth.wrong-repr-digest": Fault(
        "Repr-Digest is that of no bytes.",
        rewrite_response(
            _good(is_download), header("Repr-Digest", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:")
        ),
    ),
    "truth.wrong-content-md5": Fault(
        "Content-MD5 is that of no bytes.",
        rewrite_response(_good(is_download), header("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==")),
    ),
    "truth.digest-that-is-none": Fault(
        "Digest holds no base64.", rewrite_response(_good(is_download), header("Digest", "SHA-256=?"))
    ),
    "truth.head-has-another-checksum": Fault(
        "X-Checksum-SHA256 of HEAD is another file's.",
        rewrite_response(_good(is_head), header("X-Checksum-SHA256", "0" * 64)),
    ),
    "truth.one-etag-for-all": Fault(
        "Every download has the same strong ETag.", rewrite_response(_good(is_download), header("ETag", '"one"'))
    ),
    "truth.head-has-another-etag": Fault(
        "HEAD has an ETag of its own.", rewrite_response(_good(is_head), header("ETag", '"of-head"'))
    ),
    "truth.modified-in-the-future": Fault(
        "A download was last modified after it was sent.", rewrite_response(_good(is_read), _modified_in_the_future)
    ),
    "truth.modified-at-no-date": Fault(
        "Last-Modified is no date.", rewrite_response(_good(is_read), header("Last-Modified", "yesterday"))
    ),
    "truth.modified-at-each-download": Fault("Last-Modified is another at each download.", CountsModifications),
}
