"""Roles and visibilities in GitLab's words."""

from __future__ import annotations

from typing import Final

from generic_packages.storage.v1.identity_pb2 import VISIBILITY_INTERNAL, VISIBILITY_PRIVATE, VISIBILITY_PUBLIC

VISIBILITIES: Final = {
    "private": VISIBILITY_PRIVATE,
    "internal": VISIBILITY_INTERNAL,
    "public": VISIBILITY_PUBLIC,
}
"""Who may see a group or project."""

VISIBILITY_WORDS: Final = {int(number): word for word, number in VISIBILITIES.items()}
"""The same by number."""

ROLES: Final = {"guest": 10, "reporter": 20, "developer": 30, "maintainer": 40, "owner": 50}
"""What the bot of an access token may do."""

ROLE_WORDS: Final = {number: word for word, number in ROLES.items()}
"""The same by number."""
