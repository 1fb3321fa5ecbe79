"""What the path of a REST call names: projects, groups and places that are either."""

from __future__ import annotations

from generic_packages.storage.v1.identity_pb2 import Place


def place(kind: str, name: str) -> Place:
    """Name a place by the route's first part, `projects` or `groups`, and the id or full path after it."""
    return Place(project=name) if kind == "projects" else Place(group=name)
