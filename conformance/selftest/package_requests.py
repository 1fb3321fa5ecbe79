"""Which package file or project a request is about, and what it does there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, unquote, urlencode

from conformance.selftest.messages import Request

GENERIC_SEGMENT = "/packages/generic/"
COORDINATES = 3


@dataclass(frozen=True, slots=True)
class PackageFilePath:
    """The request target of a package file; every part as it stands on the wire, percent-encoding included."""

    project: str
    name: str
    version: str
    file_name: str
    query: str

    @property
    def decoded(self) -> tuple[str, str, str, str]:
        """Return project, name, version and file name with percent-encoding removed once."""
        return unquote(self.project), unquote(self.name), unquote(self.version), unquote(self.file_name)

    @property
    def package(self) -> tuple[str, str, str]:
        """Return what identifies the package: project, name and version, decoded."""
        return self.decoded[:3]

    @property
    def parameters(self) -> dict[str, str]:
        """Return the decoded query parameters, the last of each name."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def with_parameters(self, **changes: str | None) -> PackageFilePath:
        """Return this target with parameters set, or left out where the value is None."""
        merged = {**self.parameters, **changes}
        return replace(self, query=urlencode({key: value for key, value in merged.items() if value is not None}))

    @property
    def target(self) -> str:
        """Return the request target of this package file."""
        path = f"/api/v4/projects/{self.project}{GENERIC_SEGMENT}{self.name}/{self.version}/{self.file_name}"
        return f"{path}?{self.query}" if self.query else path


def package_file_path(request: Request) -> PackageFilePath | None:
    """Return the package file that a request is about, or None when its target names none."""
    path, _, query = request.target.partition("?")
    before, found, after = path.partition(GENERIC_SEGMENT)
    parts = after.split("/", COORDINATES - 1)
    if not found or len(parts) < COORDINATES:
        return None
    return PackageFilePath(before.rpartition("/")[2], parts[0], parts[1], parts[2], query)


def is_publish(request: Request) -> bool:
    """Return whether a request publishes a package file."""
    return request.method == "PUT" and GENERIC_SEGMENT in request.target


def is_download(request: Request) -> bool:
    """Return whether a request is a GET of a package file."""
    return request.method == "GET" and GENERIC_SEGMENT in request.target


def is_head(request: Request) -> bool:
    """Return whether a request is a HEAD of a package file."""
    return request.method == "HEAD" and GENERIC_SEGMENT in request.target


def is_read(request: Request) -> bool:
    """Return whether a request is a GET or HEAD of a package file."""
    return is_download(request) or is_head(request)


def concerns_package_file(request: Request) -> bool:
    """Return whether a request, by any method, is about a package file."""
    return GENERIC_SEGMENT in request.target


def project_of(request: Request) -> str:
    """Return the project that a request is about as its target names it, empty when it names none."""
    _, found, after = request.target.partition("?")[0].partition("/api/v4/projects/")
    return after.partition("/")[0] if found else ""


def about(chosen: Callable[[PackageFilePath], bool], kind: Callable[[Request], bool]) -> Callable[[Request], bool]:
    """Choose requests of a kind by the package file that they are about."""

    def when(request: Request) -> bool:
        path = package_file_path(request)
        return path is not None and kind(request) and chosen(path)

    return when


def publishes_with(parameter: str, *values: str) -> Callable[[Request], bool]:
    """Choose publishes with one of these values of a query parameter."""
    return about(lambda path: path.parameters.get(parameter) in values, is_publish)
