"""Storages that follow the oldest and the newest GitLab, shared: every test makes groups and projects of its own."""

from collections.abc import Iterator

import pytest

from tests.support.storage import Registry, running


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
