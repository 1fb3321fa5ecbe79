"""One storage for all tests here, a front end over each carrier, and projects to work with."""

import itertools
from collections.abc import Iterator
from typing import Literal

import pytest

from reference_server.frontend.application import FrontEndOptions
from tests.support.front_end import Served, running_front_end, running_storage
from tests.support.rest_packages import PackageProject, new_project, stranger
from tests.support.rest_users import Person, new_person
from tests.support.storage_process import StorageProcess


@pytest.fixture(scope="session")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StorageProcess]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


@pytest.fixture(scope="session", params=["auto", "streamed"])
def served(request: pytest.FixtureRequest, storage: StorageProcess) -> Iterator[Served]:
    """Start a front end over each carrier in turn, for tests where bytes are involved."""
    carrier: Literal["auto", "streamed"] = request.param
    with running_front_end(FrontEndOptions(storage.address, carrier=carrier)) as running:
        yield running


@pytest.fixture(scope="session")
def front_end(storage: StorageProcess) -> Iterator[Served]:
    with running_front_end(FrontEndOptions(storage.address)) as running:
        yield running


@pytest.fixture(scope="session")
def impatient(storage: StorageProcess) -> Iterator[Served]:
    with running_front_end(FrontEndOptions(storage.address, idle_seconds=0.3, stall_seconds=0.3)) as running:
        yield running


@pytest.fixture(scope="session")
def shared_project(front_end: Served) -> PackageProject:
    """Make the private project of all tests that only want a package of their own."""
    return new_project(front_end)


_numbers = itertools.count(1)


@pytest.fixture
def package(shared_project: PackageProject) -> str:
    """Return the path of a package that no other test uses, in the shared project."""
    return f"/api/v4{shared_project.packages}/generic/package-{next(_numbers)}/1.0"


@pytest.fixture
def project(front_end: Served) -> PackageProject:
    return new_project(front_end)


@pytest.fixture
def public_project(front_end: Served) -> PackageProject:
    return new_project(front_end, "public")


@pytest.fixture
def person(front_end: Served) -> Person:
    return new_person(front_end)


@pytest.fixture(scope="session")
def stranger_token(front_end: Served) -> str:
    return stranger(front_end)
