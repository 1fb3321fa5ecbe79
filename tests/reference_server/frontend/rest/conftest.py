"""Projects with packages."""

from __future__ import annotations

import pytest

from tests.support.front_end import Served
from tests.support.rest_packages import PackageProject, new_project, stranger


@pytest.fixture
def project(front_end: Served) -> PackageProject:
    """Create a private project."""
    return new_project(front_end)


@pytest.fixture
def public_project(front_end: Served) -> PackageProject:
    """Create a public project."""
    return new_project(front_end, "public")


@pytest.fixture(scope="session")
def foreign_token(front_end: Served) -> str:
    """Return the token of a user that is a member elsewhere."""
    return stranger(front_end)
