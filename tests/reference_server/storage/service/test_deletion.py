"""Delayed deletion: marking projects and groups, what they are meanwhile, and removing them."""

import sqlite3
from pathlib import Path

from tests.support.polling import eventually
from tests.support.storage import Registry, at, in_project, refusal, running


def test_a_marked_project_has_another_path_and_its_packages_stay(registry: Registry) -> None:
    group = registry.group()
    project = registry.project(group=group.id)
    registry.publish(at(project.id), b"content")
    assert registry.outcome("DeleteProject", project=str(project.id)) == "OK"
    found = registry.ask("GetProject", project=str(project.id)).project
    path = f"{project.path}-deletion_scheduled-{project.id}"
    assert (found.path, found.name, found.full_path) == (path, path, f"{group.full_path}/{path}")
    assert found.HasField("marked_for_deletion_at")
    assert registry.read(at(found.full_path)) == b"content"
    assert registry.outcome("GetProject", project=project.full_path) == "PROJECT_NOT_FOUND"
    assert registry.outcome("CreateProject", name="again", path=project.path, group_id=group.id) == "OK"


def test_a_marked_group_takes_all_below_to_its_new_path(registry: Registry) -> None:
    top = registry.group()
    below = registry.group(parent=top.id)
    project = registry.project(group=below.id)
    assert registry.outcome("DeleteGroup", group=str(top.id)) == "OK"
    path = f"{top.path}-deletion_scheduled-{top.id}"
    assert registry.ask("GetGroup", group=str(top.id)).group.full_path == path
    assert registry.ask("GetGroup", group=f"{path}/{below.path}").group.id == below.id
    found = registry.ask("GetProject", project=f"{path}/{below.path}/{project.path}").project
    assert (found.id, found.HasField("marked_for_deletion_at")) == (project.id, False)
    assert registry.outcome("CreateGroup", name="again", path=top.path) == "OK"


def test_what_is_refused_says_why(registry: Registry) -> None:
    project = registry.project()
    reference = {"project": str(project.id)}

    def complaint(**values: object) -> str:
        failure = refusal(lambda: registry.ask("DeleteProject", **reference, **values))
        assert failure.reason == "DELETION_REFUSED"
        return str(failure.metadata["complaint"])

    removing = {"permanently_remove": True, "full_path": project.full_path}
    assert complaint(**removing) == "Project must be marked for deletion first."
    registry.ask("DeleteProject", **reference)
    assert complaint() == "Project has been already marked for deletion"
    assert "`full_path` is incorrect" in complaint(**removing)


def test_deletion_is_the_owners_business_in_either_step(registry: Registry) -> None:
    project = registry.project("PRIVATE").id
    maintainer = registry.member(project, 40)
    assert registry.outcome("DeleteProject", by=maintainer, project=str(project)) == "ROLE_INSUFFICIENT"
    registry.ask("DeleteProject", project=str(project))
    removing = {"project": str(project), "permanently_remove": True}
    assert registry.outcome("DeleteProject", by=maintainer, **removing) == "ROLE_INSUFFICIENT"


def test_what_is_removed_is_gone_and_its_tokens_with_it(registry: Registry) -> None:
    project = registry.project().id
    member = registry.member(project, 50)
    registry.remove("Project", project)
    assert registry.outcome("GetProject", project=str(project)) == "PROJECT_NOT_FOUND"
    assert registry.outcome("ListMembers", by=member, place=in_project(project)) == "CREDENTIAL_INVALID"


def test_what_was_marked_30_days_ago_is_removed(tmp_path: Path) -> None:
    with running(tmp_path) as registry:
        group, due, young = registry.group(), registry.project().id, registry.project().id
        below = registry.project(group=group.id).id
        for kind, number in (("Project", due), ("Project", young), ("Group", group.id)):
            registry.ask(f"Delete{kind}", **{kind.lower(): str(number)})
    with sqlite3.connect(tmp_path / "data/metadata.sqlite3") as database:
        for table, number, days in (("projects", due, 31), ("projects", young, 29), ("groups", group.id, 31)):
            earlier = f"UPDATE {table} SET marked_for_deletion_at = marked_for_deletion_at - ? WHERE id = ?"
            database.execute(earlier, (days * 86_400_000, number))
    database.close()
    with running(tmp_path) as registry:

        def gone() -> bool:
            ends = {registry.outcome("GetProject", project=str(number)) for number in (due, below)}
            return ends == {"PROJECT_NOT_FOUND"} and registry.outcome("GetGroup", group=str(group.id)) != "OK"

        eventually(gone, what="what is due is still there")
        assert registry.outcome("GetProject", project=str(young)) == "OK"


def test_before_18_0_a_project_or_group_is_gone_at_once(registry_15: Registry) -> None:
    group = registry_15.group()
    project = registry_15.project(group=group.id).id
    assert registry_15.outcome("DeleteProject", project=str(project)) == "OK"
    assert registry_15.outcome("GetProject", project=str(project)) == "PROJECT_NOT_FOUND"
    assert registry_15.outcome("DeleteGroup", group=str(group.id)) == "OK"
    assert registry_15.outcome("GetGroup", group=str(group.id)) == "GROUP_NOT_FOUND"
