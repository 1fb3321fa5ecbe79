"""The two paths of a package file: by name, which publishes and downloads, and by number, which downloads."""

from __future__ import annotations

from generic_packages.storage.v1.packages_pb2 import PackageFileCoordinates

from reference_server.frontend.http.target import decode_segment

FileSegments = tuple[str, str, str, str]
"""The still encoded project, package name, package version, and file name with the directories before it."""

NumberSegments = tuple[str, str, str]
"""The still encoded project, and the numbers of a package and of a package file."""

_PROJECTS = "/api/v4/projects/"
_GENERIC = ("packages", "generic")
_SEGMENTS_BEFORE_FILE = 5


def split_file_path(path: str) -> FileSegments | None:
    """Split `/api/v4/projects/:id/packages/generic/:name/:version/*file`; None for any other path."""
    if not path.startswith(_PROJECTS):
        return None
    segments = path[len(_PROJECTS) :].split("/", _SEGMENTS_BEFORE_FILE)
    if len(segments) <= _SEGMENTS_BEFORE_FILE or (segments[1], segments[2]) != _GENERIC:
        return None
    project, _, _, package_name, package_version, file_name = segments
    if not (project and package_name and package_version and file_name):
        return None
    return project, package_name, package_version, file_name


def split_number_path(path: str) -> NumberSegments | None:
    """Split `/api/v4/projects/:id/packages/:package_id/package_files/:file_id/download`; None for any other path."""
    match path.removeprefix(_PROJECTS).split("/") if path.startswith(_PROJECTS) else []:
        case [project, "packages", package, "package_files", package_file, "download"]:
            return (project, package, package_file) if project and package and package_file else None
    return None


def read_coordinates(segments: FileSegments) -> PackageFileCoordinates:
    """Decode each segment once; what they mean is for the storage to decide. Raises MalformedTextError."""
    project, package_name, package_version, path = segments
    directories, slash, file_name = path.rpartition("/")
    return PackageFileCoordinates(
        project=decode_segment(project),
        package_name=decode_segment(package_name),
        package_version=decode_segment(package_version),
        directories=decode_segment(directories) or slash,
        file_name=decode_segment(file_name),
    )
