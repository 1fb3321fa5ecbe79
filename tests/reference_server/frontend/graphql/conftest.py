"""Callers."""

from __future__ import annotations

import pytest

from tests.support.front_end import Served
from tests.support.rest_packages import stranger


@pytest.fixture(scope="session")
def stranger_token(front_end: Served) -> str:
    """Return the token of a user that is a member elsewhere."""
    return stranger(front_end)
