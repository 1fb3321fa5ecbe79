"""How the path of a project or group says that it is marked for deletion, as GitLab 18.0 and later write it."""

from __future__ import annotations

import re

_SCHEDULED = re.compile(r".+-deletion_scheduled-[0-9]+")


def is_scheduled(path: str) -> bool:
    """Return whether the last part of a path is that of something marked for deletion."""
    return _SCHEDULED.fullmatch(path) is not None


def scheduled_path(path: str, number: int) -> str:
    """Return the path of a project or group once it is marked."""
    return f"{path}-deletion_scheduled-{number}"
