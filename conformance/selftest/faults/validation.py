"""Broken registries that accept illegal names, or refuse legal ones (section validation)."""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote, unquote_to_bytes

from conformance.selftest.bending import MakeBend, When, amending, answering, rewriting
from conformance.selftest.exchange import Exchange
from conformance.selftest.faults.fault import DOCUMENTED, Fault
from conformance.selftest.messages import Answer, Request, json_answer
from conformance.selftest.targets import PackageFile, package_file, publishes

BAD_REQUEST = 400
UNPROCESSABLE = 422
LONG = 100
MOMENT_SECONDS = 1.0
BACKTRACKING_RATIO = 100
REMEMBERED = 3
SEMANTIC = re.compile(rb"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
Part = Callable[[PackageFile], bytes]
Repair = Callable[[bytes], bytes]


def _name(target: PackageFile) -> bytes:
    return unquote_to_bytes(target.name)


def _version(target: PackageFile) -> bytes:
    return unquote_to_bytes(target.version)


def _file_name(target: PackageFile) -> bytes:
    return unquote_to_bytes(target.file_name)


def _repaired(target: PackageFile, repair: Repair) -> PackageFile:
    return replace(
        target,
        name=quote(repair(_name(target)), safe="+"),
        version=quote(repair(_version(target)), safe="+"),
        file_name=quote(repair(_file_name(target)), safe="+/@~"),
    )


def overlooking(repair: Repair) -> MakeBend:
    """Accept the names that `repair` changes, by publishing under the repaired ones."""

    def when(request: Request) -> bool:
        target = package_file(request)
        return target is not None and publishes(request) and _repaired(target, repair) != _repaired(target, bytes)

    def change(request: Request) -> Request:
        target = package_file(request)
        return request.with_target(_repaired(target, repair).target) if target else request

    return rewriting(when, change)


def rejecting(part: Part, legal: Callable[[bytes], bool], parameter: str) -> MakeBend:
    """Refuse a publish when a part of its target is not `legal` in this registry's eyes."""

    def when(request: Request) -> bool:
        target = package_file(request)
        return target is not None and publishes(request) and not legal(part(target))

    return answering(when, lambda _: json_answer(BAD_REQUEST, {"error": f"{parameter} is invalid"}))


def _with_unknown(parameter: str, *known: str) -> When:
    def when(request: Request) -> bool:
        target = package_file(request)
        value = target.parameters.get(parameter) if target else None
        return publishes(request) and value is not None and value not in known

    return when


def _without(parameter: str) -> Callable[[Request], Request]:
    def change(request: Request) -> Request:
        target = package_file(request)
        return request.with_target(target.with_parameters(**{parameter: None}).target) if target else request

    return change


def _refused(request: Request, answer: Answer) -> bool:
    return publishes(request) and answer.status == BAD_REQUEST


def _without_dot_segments(part: bytes) -> bytes:
    return b"up" if part == b".." else part.replace(b"../", b"").strip(b"/")


def _utf8(part: bytes) -> bytes:
    return part.decode("utf-8", "replace").replace("\ufffd", "_").encode()


def _wide_letters(part: bytes) -> bytes:
    return re.sub(rb"[\x80-\xff]+", b"e", part)


class Backtracks:
    """Spends on a long version a hundred times what its last few plain publishes took, and a moment."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque([0.0], maxlen=REMEMBERED)

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Wait before a publish with a long version, time the others."""
        target = package_file(request)
        if target is None or not publishes(request):
            return await exchange.forward(request)
        if len(target.version) > LONG:
            exchange.bend()
            await asyncio.sleep(MOMENT_SECONDS + BACKTRACKING_RATIO * max(self._seconds))
            return await exchange.forward(request)
        started = time.monotonic()
        answer = await exchange.forward(request)
        self._seconds.append(time.monotonic() - started)
        return answer


class StoresWhatItRefuses:
    """Answers 400 to an unknown status after having stored the file."""

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Store, then refuse."""
        if not _with_unknown("status", "default", "hidden")(request):
            return await exchange.forward(request)
        exchange.bend()
        await exchange.forward(_without("status")(request))
        return json_answer(BAD_REQUEST, {"error": "status does not have a valid value"})


FAULTS = (
    Fault(
        "validation.overlooks-trailing-newline",
        "A newline after a name, version or file name is overlooked, as with the anchors ^ and $.",
        overlooking(lambda part: part.removesuffix(b"\n")),
    ),
    Fault(
        "validation.replaces-spaces",
        "Spaces in names are replaced by underscores.",
        overlooking(lambda part: part.replace(b" ", b"_")),
    ),
    Fault(
        "validation.letters-of-every-script",
        "\\w matches letters outside ASCII.",
        overlooking(_wide_letters),
    ),
    Fault(
        "validation.trims-leading-dots",
        "Dots before a version are overlooked.",
        overlooking(lambda part: re.sub(rb"^\.\.+(?=\w)", b"", part)),
    ),
    Fault(
        "validation.joins-inner-dots",
        "Two dots in a row are taken for one.",
        overlooking(lambda part: re.sub(rb"(?<=\w)\.\.+(?=\w)", b".", part)),
    ),
    Fault(
        "validation.resolves-traversal",
        "Dot segments are resolved and the rest is published.",
        overlooking(_without_dot_segments),
    ),
    Fault(
        "validation.stops-at-nul",
        "A name ends at its first NUL byte.",
        overlooking(lambda part: part.partition(b"\0")[0]),
    ),
    Fault("validation.repairs-utf8", "Bytes that are not UTF-8 are replaced.", overlooking(_utf8)),
    Fault(
        "validation.trims-tilde-and-at",
        "~ and @ at the ends of a file name are overlooked.",
        overlooking(lambda part: part.strip(b"~@")),
    ),
    Fault(
        "validation.semantic-versions-only",
        "A version must be a semantic version.",
        rejecting(_version, lambda part: bool(SEMANTIC.fullmatch(part)), "package_version"),
    ),
    Fault(
        "validation.version-begins-with-1",
        "Only versions that begin with 1 are accepted.",
        rejecting(_version, lambda part: part.startswith(b"1"), "package_version"),
    ),
    Fault(
        "validation.version-without-plus",
        "A version may not have a plus.",
        rejecting(_version, lambda part: b"+" not in part, "package_version"),
    ),
    Fault(
        "validation.version-without-hyphen",
        "A version may not have a hyphen.",
        rejecting(_version, lambda part: b"-" not in part, "package_version"),
    ),
    Fault(
        "validation.name-without-plus",
        "A package name may not have a plus.",
        rejecting(_name, lambda part: b"+" not in part, "package_name"),
    ),
    Fault(
        "validation.name-in-lower-case",
        "A package name must be in lower case.",
        rejecting(_name, lambda part: part == part.lower(), "package_name"),
    ),
    Fault(
        "validation.file-without-plus",
        "A file name may not have a plus.",
        rejecting(_file_name, lambda part: b"+" not in part, "file_name"),
    ),
    Fault(
        "validation.file-without-tilde",
        "A file name may not have a tilde, as documented for GitLab 15.",
        rejecting(_file_name, lambda part: b"~" not in part, "file_name"),
    ),
    Fault(
        "validation.file-without-at-sign",
        "A file name may not have an at sign, as documented for GitLab 15.",
        rejecting(_file_name, lambda part: b"@" not in part, "file_name"),
    ),
    Fault(
        "validation.overlooks-status",
        "An unknown status is overlooked.",
        rewriting(_with_unknown("status", "default", "hidden"), _without("status")),
    ),
    Fault(
        "validation.overlooks-select",
        "An unknown select is overlooked.",
        rewriting(_with_unknown("select", "package_file"), _without("select")),
    ),
    Fault(
        "validation.refuses-with-422",
        "What has an illegal format is refused with 422.",
        amending(_refused, lambda answer: answer.with_status(UNPROCESSABLE)),
    ),
    Fault(
        "validation.refuses-without-a-name",
        "A refusal for its format does not name the parameter.",
        amending(_refused, lambda answer: answer.with_content(b'{"message": "400 Bad Request"}')),
    ),
    Fault(
        "validation.refuses-in-plain-text",
        "A refusal for its format has a plain text body.",
        amending(
            _refused, lambda answer: answer.with_content(b"Bad Request").with_header("Content-Type", "text/plain")
        ),
    ),
    Fault("validation.backtracks", "A long version keeps a backtracking pattern busy.", Backtracks),
    Fault("validation.stores-what-it-refuses", "A refused publish is stored all the same.", StoresWhatItRefuses),
    Fault(
        "validation.15-refuses-inner-dots",
        "Two dots in a row inside a version are refused where GitLab 15 accepts them.",
        rejecting(_version, lambda part: b".." not in part or part.startswith(b".."), "package_version"),
        DOCUMENTED,
    ),
    Fault(
        "validation.15-accepts-tilde",
        "~ in a file name is accepted where GitLab 15 refuses it.",
        overlooking(lambda part: part.replace(b"~", b"_")),
        DOCUMENTED,
    ),
    Fault(
        "validation.15-accepts-at-sign",
        "@ in a file name is accepted where GitLab 15 refuses it.",
        overlooking(lambda part: part.replace(b"@", b"_")),
        DOCUMENTED,
    ),
    Fault(
        "validation.15-accepts-directories",
        "An encoded slash in a file name is accepted where GitLab 15 refuses it.",
        overlooking(lambda part: part.replace(b"/", b"_")),
        DOCUMENTED,
    ),
)
