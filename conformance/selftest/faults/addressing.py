"""Broken registries that decode request targets wrongly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Request
from conformance.selftest.mutation import RequestPredicate, refuse, rewrite_path, rewrite_request
from conformance.selftest.package_requests import PackageFilePath, about, concerns_package_file, is_publish, is_read


def _about(chosen: Callable[[PackageFilePath], bool]) -> RequestPredicate:
    return about(chosen, concerns_package_file)


def _containing(text: str) -> RequestPredicate:
    return _about(lambda path: text in (path.name + path.version + path.file_name).upper())


def _replaced(old: str, new: str) -> Callable[[Request], Request]:
    def change(request: Request) -> Request:
        before, mark, after = request.target.partition("/packages/generic/")
        path, question, query = after.partition("?")
        path = path.replace(old, new).replace(old.lower(), new)
        return request.with_target(before + mark + path + question + query)

    return change


def _by_path(path: PackageFilePath) -> bool:
    return not path.project.isdigit()


def _nested(path: PackageFilePath) -> bool:
    return "/" in path.decoded[3]


def _flattened(path: PackageFilePath) -> PackageFilePath:
    return replace(path, file_name=path.file_name.replace("%2f", "%2F").replace("%2F", "/").rpartition("/")[2])


FAULTS = {
    "addressing.no-publish-by-path": Fault(
        "A publish finds a project by its number only.", refuse(about(_by_path, is_publish), 404)
    ),
    "addressing.no-download-by-path": Fault(
        "A download finds a project by its number only.", refuse(about(_by_path, is_read), 404)
    ),
    "addressing.path-is-another-place": Fault(
        "A file published by the project's path is kept apart from those published by its number.",
        rewrite_path(_about(_by_path), lambda path: replace(path, file_name=f"by-path-{path.file_name}")),
    ),
    "addressing.refuses-encoded-dots": Fault("%2E is refused.", refuse(_containing("%2E"), 400)),
    "addressing.keeps-encoded-dots": Fault(
        "%2E is not decoded: it names another file than the dot.",
        rewrite_request(_containing("%2E"), _replaced("%2E", "_2E")),
    ),
    "addressing.plus-is-a-space": Fault(
        "A raw + becomes a space.", rewrite_request(_containing("+"), _replaced("+", "%20"))
    ),
    "addressing.drops-plus": Fault("A raw + is dropped.", rewrite_request(_containing("+"), _replaced("+", ""))),
    "addressing.decodes-plus-twice": Fault(
        "%2B is decoded twice, to a space.", rewrite_request(_containing("%2B"), _replaced("%2B", "%20"))
    ),
    "addressing.drops-encoded-plus": Fault(
        "%2B is dropped.", rewrite_request(_containing("%2B"), _replaced("%2B", ""))
    ),
    "addressing.keeps-encoded-slash": Fault(
        "%2F is not decoded and taken like any other character of a file name.",
        rewrite_request(_containing("%2F"), _replaced("%2F", "_2F")),
    ),
    "addressing.no-directories": Fault("A file name has no directories: 404.", refuse(_about(_nested), 404)),
    "addressing.flattens-directories": Fault("Directories are dropped.", rewrite_path(_about(_nested), _flattened)),
    "addressing.ignores-case": Fault(
        "File names are compared and kept in lower case.",
        rewrite_path(
            _about(lambda path: path.file_name != path.file_name.lower()),
            lambda path: replace(path, file_name=path.file_name.lower()),
        ),
    ),
}
