"""The media types that downloads have, by GitLab's allow-list (`lib/gitlab/content_types.rb`)."""

from __future__ import annotations

from reference_server.storage.rules.gitlab import GitLab

DEFAULT = "application/octet-stream"

# The extensions by which GitLab's detector knows the types of the allow-list; none of them is shown by a browser.
_TYPES = {
    "gz": "application/gzip",
    "tgz": "application/gzip",
    "zip": "application/zip",
    "7z": "application/x-7z-compressed",
    "xz": "application/x-xz",
    "deb": "application/x-debian-package",
    "udeb": "application/x-debian-package",
    "jar": "application/java-archive",
    "apk": "application/vnd.android.package-archive",
    "dmg": "application/x-apple-diskimage",
    "tar": "application/x-tar",
    "gtar": "application/x-gtar",
    "bz2": "application/x-bzip2",
    "tbz2": "application/x-bzip2",
    "boz": "application/x-bzip2",
    "iso": "application/x-iso9660-image",
}


def content_type(file_name: str, gitlab: GitLab) -> str:
    """Return the media type of a download by the last extension of its file name."""
    if not gitlab.content_type_by_name:
        return DEFAULT
    return _TYPES.get(file_name.rpartition(".")[2].lower(), DEFAULT)
