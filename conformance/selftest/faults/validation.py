"""Broken registries that accept illegal names, or refuse legal ones."""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import quote, unquote_to_bytes

from conformance.selftest.faults.fault import DOCUMENTED, Fault
from conformance.selftest.messages import Request, Response, json_response, message_response
from conformance.selftest.mutation import (
    MakeMutation,
    PackageFileMutation,
    RequestPredicate,
    respond,
    rewrite_path,
    rewrite_response,
    serve,
)
from conformance.selftest.package_requests import PackageFilePath, about, is_download, is_publish, package_file_path
from conformance.selftest.upstream import Upstream

LONG = 100
MOMENT_SECONDS = 1.0
BACKTRACKING_RATIO = 100
REMEMBERED = 3
SEMANTIC = re.compile(rb"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
Part = Callable[[PackageFilePath], bytes]
Repair = Callable[[bytes], bytes]


def _name(path: PackageFilePath) -> bytes:
    return unquote_to_bytes(path.name)


def _version(path: PackageFilePath) -> bytes:
    return unquote_to_bytes(path.version)


def _file_name(path: PackageFilePath) -> bytes:
    return unquote_to_bytes(path.file_name)


def _repaired(path: PackageFilePath, repair: Repair) -> PackageFilePath:
    return replace(
        path,
        name=quote(repair(_name(path)), safe="+"),
        version=quote(repair(_version(path)), safe="+"),
        file_name=quote(repair(_file_name(path)), safe="+/@~"),
    )


def overlook(repair: Repair) -> MakeMutation:
    """Accept the names that `repair` changes, by publishing under the repaired ones."""
    differs = about(lambda path: _repaired(path, repair) != _repaired(path, bytes), is_publish)
    return rewrite_path(differs, lambda path: _repaired(path, repair))


def reject(part: Part, legal: Callable[[bytes], bool], parameter: str) -> MakeMutation:
    """Refuse a publish when a part of its path is not `legal` in this registry's eyes."""
    refusal = {"error": f"{parameter} is invalid"}
    illegal = about(lambda path: not legal(part(path)), is_publish)
    return respond(illegal, lambda _: json_response(HTTPStatus.BAD_REQUEST, refusal))


def _with_unknown(parameter: str, *known: str) -> RequestPredicate:
    return about(lambda path: path.parameters.get(parameter, known[0]) not in known, is_publish)


def _without(parameter: str) -> Callable[[PackageFilePath], PackageFilePath]:
    return lambda path: path.with_parameters(**{parameter: None})


unknown_status = _with_unknown("status", "default", "hidden")


def _refused(request: Request, response: Response) -> bool:
    return is_publish(request) and response.status == HTTPStatus.BAD_REQUEST


def _without_dot_segments(part: bytes) -> bytes:
    return b"up" if part == b".." else part.replace(b"../", b"").strip(b"/")


def _utf8(part: bytes) -> bytes:
    return part.decode("utf-8", "replace").replace("\ufffd", "_").encode()


def _wide_letters(part: bytes) -> bytes:
    return re.sub(rb"[\x80-\xff]+", b"e", part)


class Backtracks(PackageFileMutation):
    """Spends on a long version a hundred times what its last few plain publishes took, and a moment."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque([0.0], maxlen=REMEMBERED)

    async def serve(self, request: Request, path: PackageFilePath, upstream: Upstream) -> Response:
        """Wait before a publish with a long version, time the others."""
        if not is_publish(request):
            return await upstream.forward(request)
        if len(path.version) > LONG:
            upstream.mark_mutated()
            await asyncio.sleep(MOMENT_SECONDS + BACKTRACKING_RATIO * max(self._seconds))
            return await upstream.forward(request)
        started = time.monotonic()
        response = await upstream.forward(request)
        self._seconds.append(time.monotonic() - started)
        return response


async def _stored_and_refused(request: Request, upstream: Upstream) -> Response:
    path = package_file_path(request)
    await upstream.forward(request.with_target(_without("status")(path).target) if path else request)
    return json_response(HTTPStatus.BAD_REQUEST, {"error": "status does not have a valid value"})


FAULTS = {
    "validation.overlooks-trailing-newline": Fault(
        "A newline after a name, version or file name is overlooked, as with the anchors ^ and $.",
        overlook(lambda part: part.removesuffix(b"\n")),
    ),
    "validation.replaces-spaces": Fault(
        "Spaces in names are replaced by underscores.", overlook(lambda part: part.replace(b" ", b"_"))
    ),
    "validation.letters-of-every-script": Fault("\\w matches letters outside ASCII.", overlook(_wide_letters)),
    "validation.trims-leading-dots": Fault(
        "Dots before a version are overlooked.", overlook(lambda part: re.sub(rb"^\.\.+(?=\w)", b"", part))
    ),
    "validation.joins-inner-dots": Fault(
        "Two dots in a row are taken for one.", overlook(lambda part: re.sub(rb"(?<=\w)\.\.+(?=\w)", b".", part))
    ),
    "validation.resolves-traversal": Fault(
        "Dot segments are resolved and the rest is published.", overlook(_without_dot_segments)
    ),
    "validation.stops-at-nul": Fault(
        "A name ends at its first NUL byte.", overlook(lambda part: part.partition(b"\0")[0])
    ),
    "validation.repairs-utf8": Fault("Bytes that are not UTF-8 are replaced.", overlook(_utf8)),
    "validation.trims-tilde-and-at": Fault(
        "~ and @ at the ends of a file name are overlooked.", overlook(lambda part: part.strip(b"~@"))
    ),
    "validation.semantic-versions-only": Fault(
        "A version must be a semantic version.",
        reject(_version, lambda part: bool(SEMANTIC.fullmatch(part)), "package_version"),
    ),
    "validation.version-begins-with-1": Fault(
        "Only versions that begin with 1 are accepted.",
        reject(_version, lambda part: part.startswith(b"1"), "package_version"),
    ),
    "validation.version-without-plus": Fault(
        "A version may not have a plus.", reject(_version, lambda part: b"+" not in part, "package_version")
    ),
    "validation.version-without-hyphen": Fault(
        "A version may not have a hyphen.", reject(_version, lambda part: b"-" not in part, "package_version")
    ),
    "validation.name-without-plus": Fault(
        "A package name may not have a plus.", reject(_name, lambda part: b"+" not in part, "package_name")
    ),
    "validation.name-in-lower-case": Fault(
        "A package name must be in lower case.", reject(_name, lambda part: part == part.lower(), "package_name")
    ),
    "validation.file-without-plus": Fault(
        "A file name may not have a plus.", reject(_file_name, lambda part: b"+" not in part, "file_name")
    ),
    "validation.file-without-tilde": Fault(
        "A file name may not have a tilde, as documented for GitLab 15.",
        reject(_file_name, lambda part: b"~" not in part, "file_name"),
    ),
    "validation.file-without-at-sign": Fault(
        "A file name may not have an at sign, as documented for GitLab 15.",
        reject(_file_name, lambda part: b"@" not in part, "file_name"),
    ),
    "validation.overlooks-status": Fault(
        "An unknown status is overlooked.", rewrite_path(unknown_status, _without("status"))
    ),
    "validation.overlooks-select": Fault(
        "An unknown select is overlooked.", rewrite_path(_with_unknown("select", "package_file"), _without("select"))
    ),
    "validation.refuses-with-422": Fault(
        "What has an illegal format is refused with 422.",
        rewrite_response(_refused, lambda response: response.with_status(422)),
    ),
    "validation.refuses-without-a-name": Fault(
        "A refusal for its format does not name the parameter.",
        rewrite_response(_refused, lambda response: response.with_content(b'{"message": "400 Bad Request"}')),
    ),
    "validation.refuses-in-plain-text": Fault(
        "A refusal for its format has a plain text body.",
        rewrite_response(
            _refused, lambda response: response.with_content(b"Bad Request").with_header("Content-Type", "text/plain")
        ),
    ),
    "validation.downloads-are-looked-up": Fault(
        "A download by illegal names is looked for and not found.",
        rewrite_response(
            lambda request, response: is_download(request) and response.status == HTTPStatus.BAD_REQUEST,
            lambda _: message_response(HTTPStatus.NOT_FOUND),
        ),
    ),
    "validation.backtracks": Fault("A long version keeps a backtracking pattern busy.", Backtracks),
    "validation.stores-what-it-refuses": Fault(
        "A refused publish is stored all the same.", serve(unknown_status, _stored_and_refused)
    ),
    "validation.15-refuses-inner-dots": Fault(
        "Two dots in a row inside a version are refused where GitLab 15 accepts them.",
        reject(_version, lambda part: b".." not in part or part.startswith(b".."), "package_version"),
        DOCUMENTED,
    ),
    "validation.15-accepts-tilde": Fault(
        "~ in a file name is accepted where GitLab 15 refuses it.",
        overlook(lambda part: part.replace(b"~", b"_")),
        DOCUMENTED,
    ),
    "validation.15-accepts-at-sign": Fault(
        "@ in a file name is accepted where GitLab 15 refuses it.",
        overlook(lambda part: part.replace(b"@", b"_")),
        DOCUMENTED,
    ),
    "validation.15-accepts-directories": Fault(
        "An encoded slash in a file name is accepted where GitLab 15 refuses it.",
        overlook(lambda part: part.replace(b"/", b"_")),
        DOCUMENTED,
    ),
}
