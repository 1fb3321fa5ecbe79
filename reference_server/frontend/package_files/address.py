"""Reads the route of a package file out of a request target, each segment decoded exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote_to_bytes

from generic_packages.storage.v1.packages_pb2 import PackageFileCoordinates

TARGET_CHARACTERS = 8190
"""The longest request target that is looked at."""

_PROJECTS = "/api/v4/projects/"
_GENERIC = ("packages", "generic")
_SEGMENTS_BEFORE_FILE = 5
_QUERY_FIELDS = 32


class MalformedTextError(ValueError):
    """A path or query that is no UTF-8, or holds a NUL."""


@dataclass(frozen=True, slots=True)
class FileRoute:
    """The still encoded segments of a package file's path; what they mean is the storage's to judge."""

    project: str
    package_name: str
    package_version: str
    file_name: str

    def coordinates(self) -> PackageFileCoordinates:
        """Decode every segment once. Raises MalformedTextError.

        Traversal, in whatever encoding, comes out as the text it is and never names a file here.
        """
        return PackageFileCoordinates(
            project=decode(self.project),
            package_name=decode(self.package_name),
            package_version=decode(self.package_version),
            file_name=decode(self.file_name),
        )


def match_file_route(path: str) -> FileRoute | None:
    """Split `/api/v4/projects/:id/packages/generic/:name/:version/*file`; None for any other path."""
    if not path.startswith(_PROJECTS):
        return None
    segments = path[len(_PROJECTS) :].split("/", _SEGMENTS_BEFORE_FILE)
    if len(segments) <= _SEGMENTS_BEFORE_FILE or (segments[1], segments[2]) != _GENERIC:
        return None
    project, _, _, package_name, package_version, file_name = segments
    if not (project and package_name and package_version and file_name):
        return None
    return FileRoute(project, package_name, package_version, file_name)


@dataclass(frozen=True, slots=True)
class NumberedRoute:
    """The still encoded segments of the path that downloads one publication of a file by its number."""

    project: str
    package: str
    package_file: str


def match_numbered_route(path: str) -> NumberedRoute | None:
    """Split `/api/v4/projects/:id/packages/:package_id/package_files/:file_id/download`; None for any other path."""
    match path.removeprefix(_PROJECTS).split("/") if path.startswith(_PROJECTS) else []:
        case [project, "packages", package, "package_files", package_file, "download"]:
            return NumberedRoute(project, package, package_file) if project and package and package_file else None
    return None


def decode(segment: str) -> str:
    """Undo one percent-encoding; a plus stays a plus. Raises MalformedTextError."""
    # Tornado hands the bytes of a request line over as Latin-1.
    raw = segment.encode("latin-1")
    try:
        text = (unquote_to_bytes(raw) if b"%" in raw else raw).decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedTextError from None
    if "\0" in text:
        raise MalformedTextError
    return text


def read_query(query: str) -> dict[str, str]:
    """Decode a query; the last of several equal names counts, as in Rack. Raises MalformedTextError."""
    if not query:
        return {}
    try:
        pairs = parse_qsl(
            query.encode("latin-1").decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_QUERY_FIELDS,
        )
    except ValueError:
        raise MalformedTextError from None
    if any("\0" in name or "\0" in value for name, value in pairs):
        raise MalformedTextError
    return dict(pairs)
