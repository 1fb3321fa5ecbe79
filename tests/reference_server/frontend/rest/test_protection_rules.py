"""Package protection rules."""

import pytest

from tests.support.front_end import Served
from tests.support.rest_packages import PackageProject

RULE = {"package_name_pattern": "prod-*", "package_type": "generic", "minimum_access_level_for_push": "maintainer"}


def rules(project: PackageProject) -> str:
    return f"/projects/{project.id}/packages/protection/rules"


def test_a_rule_has_gitlabs_shape(front_end: Served, project: PackageProject) -> None:
    created = front_end.post(rules(project), RULE)
    shown = created.json()
    assert created.status == 201
    assert shown == {**RULE, "id": shown["id"], "project_id": project.id, "minimum_access_level_for_delete": None}
    assert front_end.get(rules(project)).items() == [shown]


def test_a_rule_keeps_lower_roles_from_publishing(front_end: Served, project: PackageProject) -> None:
    front_end.post(rules(project), RULE)
    developer, maintainer = project.token(30), project.token(40)
    target = f"/api/v4{project.packages}/generic/prod-app/1/f"
    refused = front_end.send("PUT", target, b"x", token=developer)
    assert (refused.status, refused.json()) == (403, {"message": "403 Forbidden - Package protected."})
    assert front_end.send("PUT", target, bytes(100_000), token=developer).status == 403
    assert front_end.send("PUT", target, b"x", token=maintainer).status == 201
    assert front_end.send("PUT", target.replace("prod", "test"), b"x", token=developer).status == 201


def test_a_rule_is_changed_and_deleted(front_end: Served, project: PackageProject) -> None:
    number = front_end.post(rules(project), RULE).json()["id"]
    target = f"{rules(project)}/{number}"
    changes = {"minimum_access_level_for_push": None, "minimum_access_level_for_delete": "owner"}
    changed = front_end.rest("PATCH", target, changes)
    assert changed.status == 200
    assert {name: changed.json()[name] for name in changes} == changes
    assert front_end.delete(target).status_and_body == (204, b"")
    assert front_end.delete(target).status == 404


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"package_name_pattern": None}, 422),
        ({"package_type": "odd"}, 400),
        ({"minimum_access_level_for_push": "developer"}, 400),
        ({"minimum_access_level_for_push": None}, 422),
        ({"package_name_pattern": "a" * 256}, 422),
    ],
)
def test_a_wrong_rule_is_refused(
    front_end: Served, project: PackageProject, changes: dict[str, object], status: int
) -> None:
    answer = front_end.post(rules(project), {**RULE, **changes})
    assert answer.status == status
    assert front_end.get(rules(project)).items() == []


def test_one_pattern_has_one_rule(front_end: Served, project: PackageProject) -> None:
    front_end.post(rules(project), RULE)
    answer = front_end.post(rules(project), RULE)
    assert (answer.status, answer.json()) == (422, {"message": ["Package name pattern has already been taken"]})
