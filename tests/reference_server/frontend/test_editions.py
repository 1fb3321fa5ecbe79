"""What an older edition answers where it differs."""

from collections.abc import Iterator

import pytest

from reference_server.frontend.application import FrontEndOptions
from tests.support.front_end import Served, running_front_end, running_storage
from tests.support.rest_packages import PackageProject, new_project


@pytest.fixture(scope="module")
def fifteen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with (
        running_storage(tmp_path_factory.mktemp("fifteen"), "--edition", "15") as storage,
        running_front_end(FrontEndOptions(storage.address)) as running,
    ):
        yield running


@pytest.fixture
def project(fifteen: Served) -> PackageProject:
    return new_project(fifteen)


def test_the_version_follows_the_edition(front_end: Served, fifteen: Served) -> None:
    assert str(fifteen.get("/version").json()["version"]).startswith("15.")
    assert str(front_end.get("/version").json()["version"]).startswith("18.")


def test_what_came_later_is_no_route(fifteen: Served, project: PackageProject) -> None:
    record = project.publish("one")
    file = f"{project.packages}/{record['package_id']}/package_files/{record['id']}"
    for target in (f"{file}/download", f"/projects/{project.id}/packages/protection/rules"):
        assert fifteen.get(target).status_and_json == (404, {"error": "404 Not Found"})


def test_guests_see_no_private_packages(project: PackageProject, fifteen: Served) -> None:
    assert fifteen.get(project.packages, token=project.token(10)).status == 403
    assert fifteen.get(project.packages, token=project.token(20)).status == 200
