"""Storages that follow the oldest and the newest GitLab, shared: every test makes groups and projects of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.small_volume import small_volume
from tests.support.storage import Registry, running
from tests.support.storage_process import StorageProcess

__all__ = ["small_volume"]


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with running(tmp_path_factory.mktemp("current")) as client:
        yield client


@pytest.fixture(scope="session")
def registry_15(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with running(tmp_path_factory.mktemp("fifteen"), gitlab="15.0") as client:
        yield client


@pytest.fixture(params=["15.0", "19.0"])
def either(request: pytest.FixtureRequest, registry: Registry, registry_15: Registry) -> Registry:
    return registry if request.param == "19.0" else registry_15


@pytest.fixture
def process(tmp_path: Path) -> Iterator[StorageProcess]:
    """Start a storage as a process of its own."""
    with StorageProcess(tmp_path) as started:
        yield started


@pytest.fixture
def project(registry: Registry) -> int:
    """Make a public project that no other test uses; return its id."""
    return int(registry.project().id)
