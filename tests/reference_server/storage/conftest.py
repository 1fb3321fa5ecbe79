"""Storages for the tests: one for each edition, shared, because every test makes groups and projects of its own."""

from collections.abc import Iterator

import pytest

from tests.support.storage import Registry, running


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with running(tmp_path_factory.mktemp("current")) as client:
        yield client


@pytest.fixture(scope="session")
def registry_15(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with running(tmp_path_factory.mktemp("fifteen"), edition="15") as client:
        yield client


@pytest.fixture(params=["15", "current"])
def either(request: pytest.FixtureRequest, registry: Registry, registry_15: Registry) -> Registry:
    return registry if request.param == "current" else registry_15


@pytest.fixture
def project(registry: Registry) -> int:
    """Make a public project that no other test uses; return its id."""
    return int(registry.project().id)
