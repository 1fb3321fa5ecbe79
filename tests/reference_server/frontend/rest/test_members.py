"""Members of projects and groups."""

import pytest

from tests.support.front_end import Served
from tests.support.rest_packages import PackageProject
from tests.support.rest_users import Person, new_person


@pytest.fixture(params=["projects", "groups"])
def members(request: pytest.FixtureRequest, project: PackageProject) -> str:
    return f"/projects/{project.id}/members" if request.param == "projects" else f"/groups/{project.group}/members"


def test_a_member_has_gitlabs_shape(front_end: Served, members: str, person: Person) -> None:
    body = {"user_id": person.id, "access_level": 30, "expires_at": "2099-12-31"}
    answer = front_end.post(members, body)
    shown = answer.json()
    assert answer.status == 201
    assert str(shown.pop("created_at")).endswith("Z")
    assert shown == {
        "id": person.id,
        "username": person.username,
        "name": person.username.title(),
        "state": "active",
        "locked": False,
        "avatar_url": None,
        "web_url": f"http://127.0.0.1:{front_end.port}/{person.username}",
        "access_level": 30,
        "expires_at": "2099-12-31",
        "membership_state": "active",
    }


def test_a_member_is_shown_changed_and_removed(front_end: Served, members: str, person: Person) -> None:
    front_end.post(members, {"user_id": str(person.id), "access_level": "20"})
    target = f"{members}/{person.id}"
    assert front_end.get(target).json()["access_level"] == 20
    changed = front_end.rest("PUT", target, {"access_level": 40, "expires_at": "2099-01-01"})
    assert (changed.status, changed.json()["access_level"], changed.json()["expires_at"]) == (200, 40, "2099-01-01")
    assert front_end.rest("PUT", target, {"access_level": 30, "expires_at": ""}).json()["expires_at"] is None
    assert front_end.delete(target).status_and_body == (204, b"")
    assert front_end.get(target).status == 404
    assert front_end.delete(target).status == 404


def test_roles_of_groups_hold_in_their_projects(front_end: Served, project: PackageProject, person: Person) -> None:
    assert front_end.get(f"/projects/{project.id}", token=person.token).status == 404
    front_end.post(f"/groups/{project.group}/members", {"user_id": person.id, "access_level": 30})
    shown = front_end.get(f"/projects/{project.id}", token=person.token).json()["permissions"]
    assert shown == {"project_access": None, "group_access": {"access_level": 30, "notification_level": 3}}
    own = f"/projects/{project.id}/members"
    assert person.id not in [member["id"] for member in front_end.get(own).items()]
    assert person.id in [member["id"] for member in front_end.get(f"{own}/all").items()]
    assert front_end.get(f"{own}/{person.id}").status == 404
    assert front_end.get(f"{own}/all/{person.id}").json()["access_level"] == 30


def test_members_come_in_pages_and_by_name(front_end: Served, members: str, person: Person) -> None:
    for one in (person, new_person(front_end)):
        front_end.post(members, {"user_id": one.id, "access_level": 10})
    answer = front_end.get(f"{members}?per_page=1")
    assert len(answer.items()) == 1
    assert int(answer.headers["X-Total"]) >= 2
    found = front_end.get(f"{members}?query={person.username}").items()
    assert person.username in [member["username"] for member in found]


def test_nobody_is_made_a_member_twice(front_end: Served, members: str, person: Person) -> None:
    body = {"user_id": person.id, "access_level": 30}
    front_end.post(members, body)
    assert front_end.post(members, body).status_and_json == (409, {"message": "Member already exists"})
