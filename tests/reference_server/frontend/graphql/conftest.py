"""Callers."""

from __future__ import annotations

import pytest

from tests.reference_server.frontend.rest.registry import stranger
from tests.reference_server.frontend.serving import Served


@pytest.fixture(scope="session")
def stranger_token(front_end: Served) -> str:
    """Return the token of a user that is a member elsewhere."""
    return stranger(front_end)
