"""python-gitlab drives everything that it knows and the server has, without special cases."""

import itertools
from pathlib import Path

import gitlab
import pytest
from gitlab.v4.objects import Group, Project

from tests.support.server_process import Registry

_numbers = itertools.count(1)


@pytest.fixture
def administrator(registry: Registry) -> gitlab.Gitlab:
    return gitlab.Gitlab(registry.url, private_token=registry.root_token)


@pytest.fixture
def group(administrator: gitlab.Gitlab) -> Group:
    number = next(_numbers)
    created = administrator.groups.create({"name": f"Group {number}", "path": f"group-{number}"})
    assert isinstance(created, Group)
    return created


@pytest.fixture
def project(administrator: gitlab.Gitlab, group: Group) -> Project:
    created = administrator.projects.create({"name": "Project", "namespace_id": group.id})
    assert isinstance(created, Project)
    return created


@pytest.fixture
def user(administrator: gitlab.Gitlab) -> gitlab.v4.objects.User:
    name = f"user-{next(_numbers)}"
    details = {"username": name, "name": name, "email": f"{name}@example.com", "password": "not used"}
    created = administrator.users.create({**details, "skip_confirmation": True})
    assert isinstance(created, gitlab.v4.objects.User)
    return created


def test_projects_and_groups(administrator: gitlab.Gitlab, group: Group, project: Project) -> None:
    assert administrator.projects.get(f"{group.path}/project").id == project.id
    assert project.id in [one.id for one in administrator.projects.list(iterator=True, per_page=2)]
    assert [one.id for one in group.projects.list(get_all=True)] == [project.id]
    below = administrator.groups.create({"name": "Below", "path": "below", "parent_id": group.id})
    assert [one.id for one in group.subgroups.list(get_all=True)] == [below.id]
    project.package_registry_access_level = "private"
    project.save()
    assert administrator.projects.get(project.id).package_registry_access_level == "private"
    below.delete()
    project.delete()
    marked = administrator.projects.get(project.id)
    assert marked.marked_for_deletion_on is not None
    marked.delete(permanently_remove=True, full_path=marked.path_with_namespace)
    with pytest.raises(gitlab.GitlabGetError) as missing:
        administrator.projects.get(project.id)
    assert missing.value.response_code == 404


def test_who_it_is_and_what_it_speaks_to(administrator: gitlab.Gitlab) -> None:
    administrator.auth()
    assert administrator.user is not None
    assert administrator.user.username == "root"
    version, _revision = administrator.version()
    assert version.startswith("19.0.")


def test_users_and_members(
    administrator: gitlab.Gitlab, group: Group, project: Project, user: gitlab.v4.objects.User
) -> None:
    assert [one.id for one in administrator.users.list(username=user.username, get_all=True)] == [user.id]
    member = project.members.create({"user_id": user.id, "access_level": gitlab.const.AccessLevel.DEVELOPER})
    member.access_level = gitlab.const.AccessLevel.MAINTAINER
    member.save()
    assert project.members.get(user.id).access_level == 40
    member.delete()
    group.members.create({"user_id": user.id, "access_level": gitlab.const.AccessLevel.REPORTER})
    assert user.id not in [one.id for one in project.members.list(iterator=True)]
    assert project.members_all.get(user.id).access_level == 20
    user.block()
    assert administrator.users.get(user.id).state == "blocked"
    user.unblock()
    user.delete()


def test_access_tokens(
    registry: Registry, administrator: gitlab.Gitlab, group: Group, project: Project, user: gitlab.v4.objects.User
) -> None:
    details = {"name": "token", "scopes": ["api"], "expires_at": "2099-01-01"}
    personal = user.personal_access_tokens.create(details)
    assert personal.id in [one.id for one in administrator.personal_access_tokens.list(iterator=True)]
    mine = gitlab.Gitlab(registry.url, private_token=personal.token)
    assert mine.personal_access_tokens.get("self").id == personal.id
    for place in (project, group):
        token = place.access_tokens.create({**details, "access_level": 30})
        assert [one.id for one in place.access_tokens.list(get_all=True)] == [token.id]
        assert place.access_tokens.get(token.id).active
        gitlab.Gitlab(registry.url, private_token=token.token).auth()
        token.delete()
        with pytest.raises(gitlab.GitlabAuthenticationError):
            gitlab.Gitlab(registry.url, private_token=token.token).auth()
    administrator.personal_access_tokens.delete(personal.id)


def test_tokens_are_rotated(
    registry: Registry, administrator: gitlab.Gitlab, group: Group, project: Project, user: gitlab.v4.objects.User
) -> None:
    personal = user.personal_access_tokens.create({"name": "token", "scopes": ["api"]})
    mine = gitlab.Gitlab(registry.url, private_token=personal.token)
    own = mine.personal_access_tokens.get("self")
    assert own.last_used_at is not None
    own.rotate(self_rotate=True, expires_at="2098-02-03")
    with pytest.raises(gitlab.GitlabAuthenticationError):
        mine.auth()
    gitlab.Gitlab(registry.url, private_token=own.token).auth()
    for place in (project, group):
        first = place.access_tokens.create({"name": "token", "scopes": ["api"], "access_level": 30})
        second = place.access_tokens.rotate(first.id)
        bot = gitlab.Gitlab(registry.url, private_token=second["token"])
        bot.auth()
        places = bot.projects if place is project else bot.groups
        token = places.get(place.id, lazy=True).access_tokens.get(second["id"], lazy=True)
        token.rotate(self_rotate=True)
        assert token.user_id == first.user_id


def test_deploy_tokens(administrator: gitlab.Gitlab, group: Group, project: Project) -> None:
    for place in (project, group):
        token = place.deploytokens.create({"name": "deploy", "scopes": ["read_package_registry"]})
        assert [one.id for one in place.deploytokens.list(get_all=True)] == [token.id]
        assert token.id in [one.id for one in administrator.deploytokens.list(iterator=True)]
        token.delete()
        assert place.deploytokens.list(get_all=True) == []


def test_generic_packages_their_files_and_deletes(project: Project, source: Path) -> None:
    for version in ("1.0", "1.1", "2.0"):
        project.generic_packages.upload("app", version, "file.bin", path=source)
    project.generic_packages.upload("app", "2.0", "other.bin", data=b"other")
    listed = project.packages.list(iterator=True, per_page=2, order_by="version", sort="desc", package_name="app")
    assert [package.version for package in listed] == ["2.0", "1.1", "1.0"]
    (package,) = project.packages.list(package_name="app", package_version="2.0", get_all=True)
    assert project.packages.get(package.id).name == "app"
    files = package.package_files.list(get_all=True)
    assert [file.file_name for file in files] == ["file.bin", "other.bin"]
    files[1].delete()
    assert [file.id for file in package.package_files.list(get_all=True)] == [files[0].id]
    assert package.pipelines.list(get_all=True) == []
    package.delete()
    with pytest.raises(gitlab.GitlabGetError) as missing:
        project.generic_packages.download("app", "2.0", "file.bin")
    assert missing.value.response_code == 404
    project.generic_packages.upload("app", "2.0", "file.bin", path=source)
    assert project.generic_packages.download("app", "2.0", "file.bin") == source.read_bytes()


def test_packages_of_a_group_and_by_keyset(group: Group, project: Project) -> None:
    for number in range(5):
        project.generic_packages.upload("app", f"1.{number}", "file", data=b"x")
    whole = group.packages.list(get_all=True, per_page=2)
    assert [(one.version, one.project_id) for one in whole] == [(f"1.{number}", project.id) for number in range(5)]
    by_keyset = project.packages.list(iterator=True, per_page=2, pagination="keyset", order_by="version", sort="asc")
    assert [one.version for one in by_keyset] == [f"1.{number}" for number in range(5)]


def test_the_list_tells_its_totals(project: Project) -> None:
    for number in range(3):
        project.generic_packages.upload("app", f"1.{number}", "file", data=b"x")
    listed = project.packages.list(iterator=True, per_page=2)
    assert (listed.total, listed.total_pages, listed.per_page, listed.next_page) == (3, 2, 2, 2)


def test_an_empty_file_is_published_as_this_client_sends_it(project: Project, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    project.generic_packages.upload("empty", "1.0", "file", path=empty)
    assert project.generic_packages.download("empty", "1.0", "file") == b"{}"


def test_pipelines_and_jobs(project: Project) -> None:
    pipeline = project.pipelines.create({"ref": "main"})
    assert project.pipelines.get(pipeline.id).status == "pending"
    (job,) = pipeline.jobs.list(get_all=True)
    whole = project.jobs.get(job.id)
    whole.cancel()
    assert project.jobs.get(job.id).status == "canceled"
    pipeline.delete()


def test_the_job_token_scope(administrator: gitlab.Gitlab, group: Group, project: Project) -> None:
    other = administrator.projects.create({"name": "Other", "namespace_id": group.id})
    scope = project.job_token_scope.get()
    assert scope.inbound_enabled
    scope.allowlist.create({"target_project_id": other.id})
    assert [one.id for one in scope.allowlist.list(get_all=True)] == [project.id, other.id]
    scope.allowlist.delete(other.id)
    scope.enabled = False
    scope.save()
    assert not project.job_token_scope.get().inbound_enabled


def test_protection_rules(project: Project) -> None:
    rule = project.package_protection_rules.create(
        {
            "package_name_pattern": "prod-*",
            "package_type": "generic",
            "minimum_access_level_for_push": "maintainer",
        }
    )
    assert [one.id for one in project.package_protection_rules.list(get_all=True)] == [rule.id]
    rule.delete()
    assert project.package_protection_rules.list(get_all=True) == []
