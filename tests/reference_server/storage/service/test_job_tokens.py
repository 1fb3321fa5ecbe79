"""Job tokens: what they may do, for how long, how they are carried, and in which projects."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import grpc
import pytest
from generic_packages.storage.v1 import ci_pb2 as pb
from generic_packages.storage.v1 import credential_pb2, identity_pb2, members_pb2, packages_pb2, tokens_pb2
from generic_packages.storage.v1.credential_pb2 import Credential

from reference_server.contract.failure import Failure
from tests.support.storage import (
    SECONDS,
    Registry,
    at,
    ending,
    in_project,
    outcome,
)
from tests.support.storage_users import Person, end_job, give_role, job_token, person, running_job

GUEST, REPORTER, DEVELOPER, MAINTAINER, OWNER = 10, 20, 30, 40, 50


def developer_of(registry: Registry, *projects: int) -> Person:
    """Make a user that develops projects."""
    user = person(registry)
    for project in projects:
        give_role(registry, in_project(project), user.id, DEVELOPER)
    return user


def _publish(registry: Registry, project: int, by: Sequence[Credential]) -> str:
    return ending(lambda: registry.publish(at(project), by=by))


def _open(registry: Registry, project: int, by: Sequence[Credential]) -> str:
    return ending(lambda: registry.open(at(project), by=by))


@pytest.mark.parametrize("visibility", ["PUBLIC", "PRIVATE"])
def test_a_running_jobs_token_publishes_and_downloads_as_its_user(either: Registry, visibility: str) -> None:
    project = either.project(visibility).id
    token = job_token(running_job(either, project, developer_of(either, project).credentials).token)
    assert _publish(either, project, token) == "OK"
    assert _open(either, project, token) == "OK"


@pytest.mark.parametrize(
    ("visibility", "expected"), [("PUBLIC", "ROLE_INSUFFICIENT"), ("PRIVATE", "PROJECT_NOT_FOUND")]
)
def test_a_job_has_no_more_rights_than_its_user(either: Registry, visibility: str, expected: str) -> None:
    project = either.project(visibility).id
    user = developer_of(either, project)
    token = job_token(running_job(either, project, user.credentials).token)
    leaving = members_pb2.RemoveMemberRequest(credentials=either.root, place=in_project(project), user_id=user.id)
    either.members.RemoveMember(leaving, timeout=SECONDS)
    assert _publish(either, project, token) == expected


@pytest.mark.parametrize("state", ["success", "failed", "canceled"])
def test_a_job_token_is_worthless_once_its_job_has_ended(registry: Registry, state: str) -> None:
    project = registry.project().id
    job = running_job(registry, project, developer_of(registry, project).credentials)
    assert _publish(registry, project, job_token(job.token)) == "OK"
    end_job(registry, job, state)
    assert _publish(registry, project, job_token(job.token)) == "CREDENTIAL_INVALID"
    assert _open(registry, project, job_token(job.token)) == "CREDENTIAL_INVALID"


@pytest.mark.parametrize("end", ["cancel", "delete the pipeline", "block the user", "delete the user"])
def test_a_job_token_ends_with_everything_that_it_lives_by(registry: Registry, end: str) -> None:
    project = registry.project().id
    user = developer_of(registry, project)
    job = running_job(registry, project, user.credentials)
    root = registry.root
    ways: dict[str, Callable[[], object]] = {
        "cancel": lambda: registry.ci.CancelJob(
            pb.CancelJobRequest(credentials=root, project=str(project), job_id=job.job.id), timeout=SECONDS
        ),
        "delete the pipeline": lambda: registry.ci.DeletePipeline(
            pb.DeletePipelineRequest(credentials=root, project=str(project), pipeline_id=job.job.pipeline.id),
            timeout=SECONDS,
        ),
        "block the user": lambda: registry.identity.UpdateUser(
            identity_pb2.UpdateUserRequest(credentials=root, user_id=user.id, state=identity_pb2.USER_STATE_BLOCKED),
            timeout=SECONDS,
        ),
        "delete the user": lambda: registry.identity.DeleteUser(
            identity_pb2.DeleteUserRequest(credentials=root, user_id=user.id), timeout=SECONDS
        ),
    }
    ways[end]()
    expected = "USER_BLOCKED" if end == "block the user" else "CREDENTIAL_INVALID"
    assert _publish(registry, project, job_token(job.token)) == expected


@pytest.mark.parametrize(
    ("scheme", "username", "published"),
    [
        ("JOB_TOKEN", "", "OK"),
        ("BASIC", "gitlab-ci-token", "OK"),
        ("BASIC", "somebody", "CREDENTIAL_INVALID"),
        ("BASIC", "", "CREDENTIAL_INVALID"),
        ("PRIVATE_TOKEN", "", "CREDENTIAL_INVALID"),
        ("DEPLOY_TOKEN", "", "CREDENTIAL_INVALID"),
        ("BEARER", "", "CREDENTIAL_INVALID"),
    ],
)
def test_a_job_token_counts_only_where_it_may_be_carried(
    registry: Registry, scheme: str, username: str, published: str
) -> None:
    project = registry.project().id
    secret = running_job(registry, project, developer_of(registry, project).credentials).token
    number = credential_pb2.AuthenticationScheme.Value(f"AUTHENTICATION_SCHEME_{scheme}")
    credential = Credential(scheme=number, username=username, secret=secret)
    assert _publish(registry, project, [credential]) == published


def test_an_access_token_is_no_job_token(registry: Registry) -> None:
    project = registry.project().id
    secret = registry.access_token(project).secret
    assert _publish(registry, project, job_token(secret)) == "CREDENTIAL_INVALID"


def test_a_job_token_is_for_packages_alone(registry: Registry) -> None:
    project = registry.project().id
    token = job_token(running_job(registry, project, developer_of(registry, project).credentials).token)
    caller = identity_pb2.GetCallerRequest(credentials=token)
    read = identity_pb2.GetProjectRequest(credentials=token, project=str(project))
    pipeline = pb.CreatePipelineRequest(credentials=token, project=str(project), ref="main")
    presented = tokens_pb2.GetPresentedAccessTokenRequest(credentials=token)
    assert outcome(registry.identity.GetCaller, caller) == "CREDENTIAL_INVALID"
    assert outcome(registry.identity.GetProject, read) == "CREDENTIAL_INVALID"
    assert outcome(registry.ci.CreatePipeline, pipeline) == "CREDENTIAL_INVALID"
    assert outcome(registry.tokens.GetPresentedAccessToken, presented) == "CREDENTIAL_INVALID"
    listing = packages_pb2.ListPackagesRequest(credentials=token, project=str(project))
    assert outcome(registry.packages.ListPackages, listing) == "OK"


def test_no_job_token_is_kept_as_it_is(registry: Registry) -> None:
    project = registry.project().id
    secret = running_job(registry, project, developer_of(registry, project).credentials).token
    kept = b"".join(path.read_bytes() for path in registry.data.glob("metadata.sqlite3*"))
    assert secret.encode() not in kept


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
        """Publish in and download from the other project, and say how each ended."""
        return _publish(self.registry, self.target, self.token), _open(self.registry, self.target, self.token)

    def allow(self) -> str:
        """Let the job's project into the other one."""
        request = pb.AddToJobTokenAllowlistRequest(
            credentials=self.registry.root, project=str(self.target), target_project_id=self.home
        )
        return outcome(self.registry.ci.AddToJobTokenAllowlist, request)

    def forbid(self) -> str:
        """Keep the job's project out of the other one again."""
        request = pb.RemoveFromJobTokenAllowlistRequest(
            credentials=self.registry.root, project=str(self.target), target_project_id=self.home
        )
        return outcome(self.registry.ci.RemoveFromJobTokenAllowlist, request)

    def restrict(self, *, enabled: bool) -> None:
        """Choose whether the other project has an allowlist at all."""
        request = pb.UpdateJobTokenScopeRequest(
            credentials=self.registry.root, project=str(self.target), enabled=enabled
        )
        self.registry.ci.UpdateJobTokenScope(request, timeout=SECONDS)


NOT_LET_IN = {
    "PUBLIC": ("ROLE_INSUFFICIENT", "OK"),
    "INTERNAL": ("JOB_TOKEN_NOT_ALLOWED", "JOB_TOKEN_NOT_ALLOWED"),
    "PRIVATE": ("JOB_TOKEN_NOT_ALLOWED", "JOB_TOKEN_NOT_ALLOWED"),
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
def test_edition_15_keeps_no_job_token_out_unless_told(registry_15: Registry, visibility: str) -> None:
    projects = TwoProjects(registry_15, visibility)
    assert projects.outcomes() == ("OK", "OK")
    projects.restrict(enabled=True)
    assert projects.outcomes() == NOT_LET_IN[visibility]


def test_a_project_may_do_without_an_allowlist(registry: Registry) -> None:
    projects = TwoProjects(registry, "PRIVATE")
    projects.restrict(enabled=False)
    assert projects.outcomes() == ("OK", "OK")


def test_the_refusal_names_both_projects(registry: Registry) -> None:
    projects = TwoProjects(registry, "PRIVATE")
    request = packages_pb2.OpenPackageFileRequest(credentials=projects.token, coordinates=at(projects.target))
    with pytest.raises(grpc.RpcError) as refusal:
        registry.packages.OpenPackageFile(request, timeout=SECONDS)
    failure = Failure.from_rpc_error(refusal.value)  # type: ignore[arg-type]
    assert isinstance(failure, Failure)
    assert (failure.metadata["source"], failure.metadata["target"]) == projects.paths


def test_the_allowlist_is_listed_with_the_project_itself_first(registry: Registry) -> None:
    projects = TwoProjects(registry, "PRIVATE")
    projects.allow()
    request = pb.ListJobTokenAllowlistRequest(credentials=registry.root, project=str(projects.target))
    listed = registry.ci.ListJobTokenAllowlist(request, timeout=SECONDS)
    assert [project.id for project in listed.projects] == [projects.target, projects.home]
    assert listed.total == 2


def test_a_project_is_let_in_once_and_itself_always(registry: Registry) -> None:
    projects = TwoProjects(registry, "PRIVATE")
    assert projects.allow() == "OK"
    assert projects.allow() == "PARAMETER_TAKEN"
    assert projects.forbid() == "OK"
    assert projects.forbid() == "RECORD_NOT_FOUND"
    itself = {"credentials": registry.root, "project": str(projects.home), "target_project_id": projects.home}
    add = pb.AddToJobTokenAllowlistRequest(**itself)  # type: ignore[arg-type]
    remove = pb.RemoveFromJobTokenAllowlistRequest(**itself)  # type: ignore[arg-type]
    assert outcome(registry.ci.AddToJobTokenAllowlist, add) == "PARAMETER_TAKEN"
    assert outcome(registry.ci.RemoveFromJobTokenAllowlist, remove) == "PARAMETER_INVALID"


def test_the_job_token_scope_is_the_maintainers_business(either: Registry) -> None:
    project, stranger = either.project("PRIVATE").id, either.project("PRIVATE").id
    maintainer, developer = either.member(project, MAINTAINER), either.member(project, DEVELOPER)

    def enabled(by: Sequence[Credential]) -> bool:
        request = pb.GetJobTokenScopeRequest(credentials=by, project=str(project))
        return either.ci.GetJobTokenScope(request, timeout=SECONDS).enabled

    assert enabled(maintainer) == (either.edition == "current")
    for call, request in (
        (either.ci.GetJobTokenScope, pb.GetJobTokenScopeRequest(credentials=developer, project=str(project))),
        (either.ci.UpdateJobTokenScope, pb.UpdateJobTokenScopeRequest(credentials=developer, project=str(project))),
        (either.ci.ListJobTokenAllowlist, pb.ListJobTokenAllowlistRequest(credentials=developer, project=str(project))),
    ):
        assert outcome(call, request) == "ROLE_INSUFFICIENT"
    unseen = pb.AddToJobTokenAllowlistRequest(credentials=maintainer, project=str(project), target_project_id=stranger)
    assert outcome(either.ci.AddToJobTokenAllowlist, unseen) == "PROJECT_NOT_FOUND"
