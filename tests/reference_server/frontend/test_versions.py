"""What clients see of the version of GitLab that the registry follows, at its oldest and its newest."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reference_server.frontend.application import FrontEndOptions
from tests.support.front_end import Served, running_front_end, running_storage
from tests.support.rest_packages import PackageProject, new_project

GUESTS = "allow_guest_plus_roles_to_pull_packages"


@pytest.fixture(scope="module")
def oldest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with (
        running_storage(tmp_path_factory.mktemp("oldest"), "--gitlab", "15.0") as storage,
        running_front_end(FrontEndOptions(storage.address)) as running,
    ):
        yield running


@pytest.fixture
def old_project(oldest: Served) -> PackageProject:
    return new_project(oldest)


def test_the_version_is_told_as_gitlab_tells_it(front_end: Served, oldest: Served) -> None:
    told = [served.get("/version").json()["version"] for served in (oldest, front_end)]
    assert told == ["15.0.0-ee", "19.0.0-ee"]


def test_what_came_later_is_no_route(oldest: Served, old_project: PackageProject) -> None:
    record = old_project.publish("one")
    file = f"{old_project.packages}/{record['package_id']}/package_files/{record['id']}"
    for target in (f"{file}/download", f"/projects/{old_project.id}/packages/protection/rules"):
        assert oldest.get(target).status_and_json == (404, {"error": "404 Not Found"})
    runner = oldest.post("/user/runners", {"runner_type": "project_type", "project_id": old_project.id})
    assert runner.status_and_json == (404, {"error": "404 Not Found"})


def test_guests_see_no_private_packages(front_end: Served, oldest: Served) -> None:
    for served in (front_end, oldest):
        project = new_project(served)
        assert served.get(project.packages, token=project.token(10)).status == 403
        assert served.get(project.packages, token=project.token(20)).status == 200


def test_a_runner_registers_where_users_create_none(oldest: Served, old_project: PackageProject) -> None:
    reset = oldest.post(f"/projects/{old_project.id}/runners/reset_registration_token", {})
    assert (reset.status, set(reset.json())) == (201, {"token", "token_expires_at"})
    runner = oldest.post("/runners", {"token": reset.json()["token"], "description": "one"}, token="")
    assert (runner.status, set(runner.json())) == (201, {"id", "token", "token_expires_at"})
    assert oldest.post("/runners", {"token": "glreg-nobody"}, token="").status == 403
    assert oldest.post("/runners", {}, token="").json() == {"error": "token is missing"}


def test_a_download_shows_its_checksum_and_type_as_its_version_does(front_end: Served, oldest: Served) -> None:
    shown = []
    for served in (oldest, front_end):
        project = new_project(served)
        project.publish("tool", file_name="tool.tar.gz")
        for method in ("GET", "HEAD"):
            answer = served.send(method, f"/api/v4{project.packages}/generic/tool/1.0/tool.tar.gz")
            shown.append((answer.headers["Content-Type"], "X-Checksum-SHA256" in answer.headers))
    assert shown == [("application/octet-stream", False)] * 2 + [("application/gzip", True)] * 2


def test_directories_are_raw_slashes_and_an_encoded_slash_is_no_file_name(
    front_end: Served, project: PackageProject, oldest: Served, old_project: PackageProject
) -> None:
    package = f"/api/v4{project.packages}/generic/tool/1.0"
    assert front_end.send("PUT", f"{package}/dir/sub/file", b"nested").status == 201
    assert front_end.send("GET", f"{package}/dir/sub/file").body == b"nested"
    for method in ("PUT", "GET"):
        answer = front_end.send(method, f"{package}/dir%2Ffile")
        assert answer.status_and_json == (400, {"error": "file_name is invalid"})
    for encoded in ("..%2f..%2fetc", "%2e%2e/file", "dir//file", "/file"):
        assert front_end.send("PUT", f"{package}/{encoded}", b"x").status == 400
    old = oldest.send("PUT", f"/api/v4{old_project.packages}/generic/tool/1.0/dir/file", b"nested")
    assert old.status_and_json == (400, {"error": "package_version is invalid"})


def test_a_deletion_is_marked_first_from_18_0_on(front_end: Served, project: PackageProject) -> None:
    target = f"/projects/{project.id}"
    early = front_end.delete(f"{target}?permanently_remove=true&full_path={project.path}")
    assert early.status_and_json == (400, {"message": "Project must be marked for deletion first."})
    assert front_end.delete(target).status_and_json == (202, {"message": "202 Accepted"})
    shown = front_end.get(target).json()
    assert shown["path"] == f"books-deletion_scheduled-{project.id}"
    assert len(shown["marked_for_deletion_on"]) == len("2026-01-31")
    again = front_end.delete(target)
    assert again.status_and_json == (400, {"message": "Project has been already marked for deletion"})
    path = shown["path_with_namespace"]
    assert front_end.delete(f"{target}?permanently_remove=true&full_path={path}").status == 202
    assert front_end.get(target).status == 404


def test_a_deletion_before_18_0_is_at_once(oldest: Served, old_project: PackageProject) -> None:
    assert oldest.delete(f"/projects/{old_project.id}").status == 202
    assert oldest.get(f"/projects/{old_project.id}").status == 404


def test_a_feature_is_followed_where_it_is_switched_on(tmp_path: Path) -> None:
    with (
        running_storage(tmp_path, "--gitlab", "17.9", "--feature", GUESTS) as storage,
        running_front_end(FrontEndOptions(storage.address)) as served,
    ):
        project = new_project(served)
        assert served.get(project.packages, token=project.token(10)).status == 200
