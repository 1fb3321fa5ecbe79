"""Broken registries that decode request targets wrongly (section addressing, nested files of section publish)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.selftest.bending import When, refusing, rewriting
from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Request
from conformance.selftest.targets import PackageFile, concerns_package_file, package_file, publishes, reads


def _about(chosen: Callable[[PackageFile], bool], kind: When = concerns_package_file) -> When:
    def when(request: Request) -> bool:
        target = package_file(request)
        return target is not None and kind(request) and chosen(target)

    return when


def _containing(text: str, kind: When = concerns_package_file) -> When:
    return _about(lambda target: text in (target.name + target.version + target.file_name).upper(), kind)


def _replaced(old: str, new: str) -> Callable[[Request], Request]:
    def change(request: Request) -> Request:
        before, mark, after = request.target.partition("/packages/generic/")
        path, question, query = after.partition("?")
        path = path.replace(old, new).replace(old.lower(), new)
        return request.with_target(before + mark + path + question + query)

    return change


def _by_path(target: PackageFile) -> bool:
    return not target.project.isdigit()


def _nested(target: PackageFile) -> bool:
    return "/" in target.decoded[3]


def _put_elsewhere(request: Request) -> Request:
    target = package_file(request)
    return request.with_target(replace(target, file_name=f"by-path-{target.file_name}").target) if target else request


def _flattened(request: Request) -> Request:
    target = package_file(request)
    if target is None:
        return request
    last = target.file_name.replace("%2f", "%2F").replace("%2F", "/").rpartition("/")[2]
    return request.with_target(replace(target, file_name=last).target)


def _lowered(request: Request) -> Request:
    target = package_file(request)
    return request.with_target(replace(target, file_name=target.file_name.lower()).target) if target else request


FAULTS = (
    Fault(
        "addressing.no-publish-by-path",
        "A publish finds a project by its number only.",
        refusing(_about(_by_path, publishes), 404),
    ),
    Fault(
        "addressing.no-download-by-path",
        "A download finds a project by its number only.",
        refusing(_about(_by_path, reads), 404),
    ),
    Fault(
        "addressing.path-is-another-place",
        "A file published by the project's path is kept apart from those published by its number.",
        rewriting(_about(_by_path), _put_elsewhere),
    ),
    Fault("addressing.refuses-encoded-dots", "%2E is refused.", refusing(_containing("%2E"), 400)),
    Fault(
        "addressing.keeps-encoded-dots",
        "%2E is not decoded: it names another file than the dot.",
        rewriting(_containing("%2E"), _replaced("%2E", "_2E")),
    ),
    Fault("addressing.plus-is-a-space", "A raw + becomes a space.", rewriting(_containing("+"), _replaced("+", "%20"))),
    Fault("addressing.drops-plus", "A raw + is dropped.", rewriting(_containing("+"), _replaced("+", ""))),
    Fault(
        "addressing.decodes-plus-twice",
        "%2B is decoded twice, to a space.",
        rewriting(_containing("%2B"), _replaced("%2B", "%20")),
    ),
    Fault("addressing.drops-encoded-plus", "%2B is dropped.", rewriting(_containing("%2B"), _replaced("%2B", ""))),
    Fault("addressing.refuses-encoded-slash", "%2F in a file name is refused.", refusing(_containing("%2F"), 400)),
    Fault(
        "addressing.keeps-encoded-slash",
        "%2F is not decoded: it names another file than the slash.",
        rewriting(_containing("%2F"), _replaced("%2F", "_2F")),
    ),
    Fault("addressing.no-directories", "A file name has no directories: 404.", refusing(_about(_nested), 404)),
    Fault("addressing.flattens-directories", "Directories are dropped.", rewriting(_about(_nested), _flattened)),
    Fault(
        "addressing.ignores-case",
        "File names are compared and kept in lower case.",
        rewriting(_about(lambda target: target.file_name != target.file_name.lower()), _lowered),
    ),
)
