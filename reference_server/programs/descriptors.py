"""How many files and sockets a process may have open."""

from __future__ import annotations

import resource


def allow_descriptors() -> None:
    """Ask for as many descriptors as this user may have: the usual soft limit is made for programs that use select."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
