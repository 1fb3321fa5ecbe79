"""One storage for all tests here, a front end over each carrier, and projects to work with."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pytest

from reference_server.frontend.application import FrontEndOptions
from tests.support.front_end import Served, Storage, running_front_end, running_storage
from tests.support.rest_packages import PackageProject, new_project, stranger


@dataclass(frozen=True, slots=True)
class Projects:
    """The numeric ids of one private and one public project, and the path of the private one."""

    private: int
    public: int
    path: str


@pytest.fixture(scope="session")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


@pytest.fixture(scope="session", params=["auto", "streamed"])
def served(request: pytest.FixtureRequest, storage: Storage) -> Iterator[Served]:
    """Start a front end over each carrier in turn, for tests where bytes are involved."""
    carrier: Literal["auto", "streamed"] = request.param
    with running_front_end(FrontEndOptions(storage.address, carrier=carrier)) as running:
        yield running


@pytest.fixture(scope="session")
def front_end(storage: Storage) -> Iterator[Served]:
    with running_front_end(FrontEndOptions(storage.address)) as running:
        yield running


@pytest.fixture(scope="session")
def impatient(storage: Storage) -> Iterator[Served]:
    with running_front_end(FrontEndOptions(storage.address, idle_seconds=0.3, stall_seconds=0.3)) as running:
        yield running


@pytest.fixture(scope="session")
def projects(front_end: Served) -> Projects:
    group = front_end.post("/groups", {"name": "Tests", "path": "tests", "visibility": "public"}).json()
    ids = []
    for visibility in ("private", "public"):
        created = front_end.post(
            "/projects", {"name": visibility, "path": visibility, "namespace_id": group["id"], "visibility": visibility}
        )
        ids.append(created.json()["id"])
    return Projects(ids[0], ids[1], "tests/private")


_numbers = itertools.count(1)


@pytest.fixture
def package(projects: Projects) -> str:
    """Return the path of a package that no other test uses, in the private project."""
    return f"/api/v4/projects/{projects.private}/packages/generic/package-{next(_numbers)}/1.0"


@pytest.fixture
def project(front_end: Served) -> PackageProject:
    return new_project(front_end)


@pytest.fixture
def public_project(front_end: Served) -> PackageProject:
    return new_project(front_end, "public")


@pytest.fixture(scope="session")
def stranger_token(front_end: Served) -> str:
    return stranger(front_end)
