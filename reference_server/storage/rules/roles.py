"""The roles of members, as GitLab numbers them."""

from __future__ import annotations

import enum


class Role(enum.IntEnum):
    """What a member may do in a project or group; a higher role may do everything that a lower one may."""

    GUEST = 10
    REPORTER = 20
    DEVELOPER = 30
    MAINTAINER = 40
    OWNER = 50


class PackageAccess(enum.IntEnum):
    """Who may use a project's package registry, as the contract numbers it."""

    DISABLED = 1
    PRIVATE = 2
    ENABLED = 3
    PUBLIC = 4


class Visibility(enum.IntEnum):
    """Who may see a project or group without being a member, as the contract numbers it."""

    PRIVATE = 1
    INTERNAL = 2
    PUBLIC = 3
