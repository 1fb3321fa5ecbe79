"""Roles as GitLab numbers them."""

from __future__ import annotations

from typing import Final

GUEST: Final = 10
OWNER: Final = 50
