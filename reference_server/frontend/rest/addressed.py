"""What the path of a REST call names: places, and things by their number."""

from __future__ import annotations

import re

from generic_packages.storage.v1.identity_pb2 import Place

from reference_server.frontend.rest.parameters import HIGHEST_ID, NUMBER, BadParametersError


def place(kind: str, name: str) -> Place:
    """Name a place by the route's first part, `projects` or `groups`, and the id or full path after it."""
    return Place(project=name) if kind == "projects" else Place(group=name)


def path_number(name: str, text: str) -> int:
    """Read a number of the path; 0, which nothing has, when it is beyond all. Raises BadParametersError."""
    if not re.fullmatch(NUMBER, text):
        raise BadParametersError(f"{name} is invalid")
    number = int(text)
    return number if 0 <= number <= HIGHEST_ID else 0


def number_or_none(text: str) -> int:
    """Read a number of the path; what is none becomes 0, which nothing has."""
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else 0
