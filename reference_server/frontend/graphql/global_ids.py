"""GitLab's global ids."""

from __future__ import annotations


def global_id(kind: str, number: int) -> str:
    """Name a thing everywhere, by what GitLab calls its kind."""
    return f"gid://gitlab/{kind}/{number}"
