"""Job tokens: what they may do, for how long, how they are carried, and in which projects."""

import pytest
from generic_packages.storage.v1 import credential_pb2, identity_pb2
from generic_packages.storage.v1.credential_pb2 import Credential

from tests.support.storage import Registry, at, deploy_token, in_project, private_token, refusal
from tests.support.storage_users import Person, basic_job_token, end_job, give_role, job_token, person, running_job

GUEST, REPORTER, DEVELOPER, MAINTAINER, OWNER = 10, 20, 30, 40, 50


def developer_of(registry: Registry, *projects: int) -> Person:
    user = person(registry)
    for project in projects:
        give_role(registry, in_project(project), user.id, DEVELOPER)
    return user


@pytest.mark.parametrize("visibility", ["PUBLIC", "PRIVATE"])
def test_a_running_jobs_token_publishes_and_downloads_as_its_user(either: Registry, visibility: str) -> None:
    project = either.project(visibility).id
    token = job_token(running_job(either, project, developer_of(either, project).credentials).token)
    assert either.publishing(project, token) == "OK"
    assert either.opening(project, token) == "OK"


def test_every_kind_of_credential_is_recognised_in_every_version_and_nothing_else(either: Registry) -> None:
    project = either.project().id
    user = developer_of(either, project)
    job = running_job(either, project, user.credentials).token
    deploy = either.deploy_token(project, "read_package_registry")
    for credentials in (either.root, user.credentials, deploy, job_token(job), basic_job_token(job)):
        assert either.outcome("RecognizeCredentials", by=credentials) == "OK"
    for credentials in ((), job_token("glcbt-nobody"), deploy_token("gldt-nobody"), private_token("glpat-nobody")):
        assert either.outcome("RecognizeCredentials", by=credentials) == "CREDENTIAL_INVALID"


@pytest.mark.parametrize(
    ("visibility", "expected"), [("PUBLIC", "ROLE_INSUFFICIENT"), ("PRIVATE", "PROJECT_NOT_FOUND")]
)
def test_a_job_has_no_more_rights_than_its_user(either: Registry, visibility: str, expected: str) -> None:
    project = either.project(visibility).id
    user = developer_of(either, project)
    token = job_token(running_job(either, project, user.credentials).token)
    either.ask("RemoveMember", place=in_project(project), user_id=user.id)
    assert either.publishing(project, token) == expected


@pytest.mark.parametrize("state", ["success", "failed", "canceled"])
def test_a_job_token_is_worthless_once_its_job_has_ended(registry: Registry, project: int, state: str) -> None:
    job = running_job(registry, project, developer_of(registry, project).credentials)
    assert registry.publishing(project, job_token(job.token)) == "OK"
    end_job(registry, job, state)
    assert registry.publishing(project, job_token(job.token)) == "CREDENTIAL_INVALID"
    assert registry.opening(project, job_token(job.token)) == "CREDENTIAL_INVALID"


@pytest.mark.parametrize("end", ["cancel", "delete the pipeline", "block the user", "delete the user"])
def test_a_job_token_ends_with_everything_that_it_lives_by(registry: Registry, project: int, end: str) -> None:
    user = developer_of(registry, project)
    job = running_job(registry, project, user.credentials)
    ways: dict[str, tuple[str, dict[str, object]]] = {
        "cancel": ("CancelJob", {"project": str(project), "job_id": job.job.id}),
        "delete the pipeline": ("DeletePipeline", {"project": str(project), "pipeline_id": job.job.pipeline.id}),
        "block the user": ("UpdateUser", {"user_id": user.id, "state": identity_pb2.USER_STATE_BLOCKED}),
        "delete the user": ("DeleteUser", {"user_id": user.id}),
    }
    call, values = ways[end]
    registry.ask(call, **values)
    expected = "USER_BLOCKED" if end == "block the user" else "CREDENTIAL_INVALID"
    assert registry.publishing(project, job_token(job.token)) == expected


@pytest.mark.parametrize(
    ("username", "published"),
    [("gitlab-ci-token", "OK"), ("somebody", "CREDENTIAL_INVALID"), ("", "CREDENTIAL_INVALID")],
)
def test_a_job_token_is_a_password_of_its_own_user_name_alone(
    registry: Registry, project: int, username: str, published: str
) -> None:
    secret = running_job(registry, project, developer_of(registry, project).credentials).token
    basic = Credential(scheme=credential_pb2.AUTHENTICATION_SCHEME_BASIC, username=username, secret=secret)
    assert registry.publishing(project, [basic]) == published


def test_before_19_0_no_job_token_publishes_as_a_password_and_before_16_8_none_downloads(registry_15: Registry) -> None:
    project = registry_15.project("PRIVATE").id
    registry_15.publish(at(project))
    token = running_job(registry_15, project, developer_of(registry_15, project).credentials).token
    assert registry_15.publishing(project, basic_job_token(token)) == "CREDENTIAL_INVALID"
    assert registry_15.opening(project, basic_job_token(token)) == "CREDENTIAL_INVALID"
    assert registry_15.opening(project, job_token(token)) == "OK"


def test_a_job_token_is_no_password_on_the_packages_api(registry: Registry) -> None:
    project = registry.project("PRIVATE").id
    token = running_job(registry, project, developer_of(registry, project).credentials).token
    assert registry.outcome("ListPackages", by=basic_job_token(token), project=str(project)) == "PROJECT_NOT_FOUND"


def test_before_15_3_the_packages_api_takes_no_job_token(registry_15: Registry) -> None:
    project = registry_15.project().id
    token = job_token(running_job(registry_15, project, developer_of(registry_15, project).credentials).token)
    assert registry_15.outcome("ListPackages", by=token, project=str(project)) == "CREDENTIAL_INVALID"


class TwoProjects:
    """A project whose job runs, and another one, of a user that develops both."""

    def __init__(self, registry: Registry, visibility: str) -> None:
        self.registry = registry
        home, target = registry.project("PRIVATE"), registry.project(visibility)
        self.home, self.target, self.paths = home.id, target.id, (home.path, target.path)
        registry.publish(at(self.target))
        user = developer_of(registry, self.home, self.target)
        self.token = job_token(running_job(registry, self.home, user.credentials).token)

    def outcomes(self) -> tuple[str, str]:
        return self.registry.publishing(self.target, self.token), self.registry.opening(self.target, self.token)

    def allow(self) -> str:
        return self.registry.outcome("AddToJobTokenAllowlist", project=str(self.target), target_project_id=self.home)

    def forbid(self) -> str:
        return self.registry.outcome(
            "RemoveFromJobTokenAllowlist", project=str(self.target), target_project_id=self.home
        )

    def restrict(self, *, enabled: bool) -> None:
        self.registry.ask("UpdateJobTokenScope", project=str(self.target), enabled=enabled)


NOT_LET_IN = {
    "PUBLIC": ("ROLE_INSUFFICIENT", "OK"),
    "INTERNAL": ("PROJECT_NOT_FOUND", "PROJECT_NOT_FOUND"),
    "PRIVATE": ("PROJECT_NOT_FOUND", "PROJECT_NOT_FOUND"),
}


@pytest.mark.parametrize("visibility", NOT_LET_IN)
def test_a_project_keeps_others_job_tokens_out_until_it_lets_them_in(registry: Registry, visibility: str) -> None:
    projects = TwoProjects(registry, visibility)
    assert projects.outcomes() == NOT_LET_IN[visibility]
    assert projects.allow() == "OK"
    assert projects.outcomes() == ("OK", "OK")
    assert projects.forbid() == "OK"
    assert projects.outcomes() == NOT_LET_IN[visibility]


@pytest.mark.parametrize("visibility", NOT_LET_IN)
def test_before_16_0_no_job_token_is_kept_out_unless_told(registry_15: Registry, visibility: str) -> None:
    projects = TwoProjects(registry_15, visibility)
    assert projects.outcomes() == ("OK", "OK")
    projects.restrict(enabled=True)
    assert projects.outcomes() == NOT_LET_IN[visibility]


def test_a_project_may_do_without_an_allowlist(registry: Registry) -> None:
    projects = TwoProjects(registry, "PRIVATE")
    projects.restrict(enabled=False)
    assert projects.outcomes() == ("OK", "OK")


def test_the_packages_api_refuses_and_names_both_projects(registry: Registry) -> None:
    projects = TwoProjects(registry, "PRIVATE")
    failure = refusal(lambda: registry.ask("ListPackages", by=projects.token, project=str(projects.target)))
    assert failure.reason == "JOB_TOKEN_NOT_ALLOWED"
    assert (failure.metadata["source"], failure.metadata["target"]) == projects.paths


def test_the_allowlist_is_listed_with_the_project_itself_first(registry: Registry) -> None:
    projects = TwoProjects(registry, "PRIVATE")
    projects.allow()
    listed = registry.ask("ListJobTokenAllowlist", project=str(projects.target))
    assert [project.id for project in listed.projects] == [projects.target, projects.home]
    assert listed.total == 2


def test_a_project_is_let_in_once_and_itself_always(registry: Registry) -> None:
    projects = TwoProjects(registry, "PRIVATE")
    assert projects.allow() == "OK"
    assert projects.allow() == "PARAMETER_TAKEN"
    assert projects.forbid() == "OK"
    assert projects.forbid() == "RECORD_NOT_FOUND"
    itself = {"project": str(projects.home), "target_project_id": projects.home}
    assert registry.outcome("AddToJobTokenAllowlist", **itself) == "PARAMETER_TAKEN"
    assert registry.outcome("RemoveFromJobTokenAllowlist", **itself) == "PARAMETER_INVALID"


def test_the_job_token_scope_is_the_maintainers_business(either: Registry) -> None:
    project, stranger = either.project("PRIVATE").id, either.project("PRIVATE").id
    maintainer, developer = either.member(project, MAINTAINER), either.member(project, DEVELOPER)
    enabled = either.ask("GetJobTokenScope", by=maintainer, project=str(project)).enabled
    assert enabled == (either.gitlab == "19.0")
    for call in ("GetJobTokenScope", "UpdateJobTokenScope", "ListJobTokenAllowlist"):
        assert either.outcome(call, by=developer, project=str(project)) == "ROLE_INSUFFICIENT"
    ended = either.outcome("AddToJobTokenAllowlist", by=maintainer, project=str(project), target_project_id=stranger)
    assert ended == "PROJECT_NOT_FOUND"
