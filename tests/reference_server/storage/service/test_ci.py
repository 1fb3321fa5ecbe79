"""Runners, pipelines and jobs: who makes them, and which runner gets which job."""

from collections.abc import Sequence

import pytest
from generic_packages.storage.v1 import ci_pb2 as pb
from generic_packages.storage.v1 import identity_pb2
from generic_packages.storage.v1.credential_pb2 import Credential

from tests.support.storage import ANONYMOUS, Registry, in_group, in_project
from tests.support.storage_users import end_job, give_role, new_pipeline, new_runner, person, running_job

GUEST, REPORTER, DEVELOPER, MAINTAINER, OWNER = 10, 20, 30, 40, 50


def _group_runner(registry: Registry, group: int) -> str:
    answer: str = registry.ask("CreateRunner", type=pb.RUNNER_TYPE_GROUP, group_id=group).token
    return answer


def _report(registry: Registry, job_id: int, token: str, state: str) -> str:
    return registry.outcome("UpdateJob", job_id=job_id, job_token=token, state=state)


def test_a_runner_is_made_by_whoever_maintains_its_place(registry: Registry) -> None:
    group = registry.group().id
    project = registry.project(group=group).id
    maintainer, developer = registry.member(project, MAINTAINER), registry.member(project, DEVELOPER)
    of_project = {"type": pb.RUNNER_TYPE_PROJECT, "project_id": project}
    of_group = {"type": pb.RUNNER_TYPE_GROUP, "group_id": group}
    assert registry.outcome("CreateRunner", by=developer, **of_project) == "ROLE_INSUFFICIENT"
    assert registry.outcome("CreateRunner", by=maintainer, **of_project) == "OK"
    assert registry.outcome("CreateRunner", by=maintainer, **of_group) == "ROLE_INSUFFICIENT"
    assert registry.outcome("CreateRunner", by=maintainer, type=pb.RUNNER_TYPE_INSTANCE) == "ROLE_INSUFFICIENT"
    assert registry.outcome("CreateRunner", **of_group) == "OK"
    assert registry.outcome("CreateRunner", type=pb.RUNNER_TYPE_INSTANCE) == "OK"


def test_a_runner_may_be_made_with_the_scope_for_it_alone(registry: Registry, project: int) -> None:
    values = {"type": pb.RUNNER_TYPE_PROJECT, "project_id": project}
    ended = registry.outcome("CreateRunner", by=registry.member(project, OWNER, scopes=["create_runner"]), **values)
    assert ended == "OK"
    ended = registry.outcome("CreateRunner", by=registry.member(project, OWNER, scopes=["read_api"]), **values)
    assert ended == "SCOPE_INSUFFICIENT"


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({}, "PARAMETER_MISSING"),
        ({"type": 9}, "PARAMETER_VALUE_UNKNOWN"),
        ({"type": pb.RUNNER_TYPE_PROJECT}, "PARAMETER_MISSING"),
        ({"type": pb.RUNNER_TYPE_GROUP}, "PARAMETER_MISSING"),
        ({"type": pb.RUNNER_TYPE_PROJECT, "project_id": 10**9}, "PROJECT_NOT_FOUND"),
        ({"type": pb.RUNNER_TYPE_GROUP, "group_id": 10**9}, "GROUP_NOT_FOUND"),
        ({"type": pb.RUNNER_TYPE_INSTANCE, "description": "x" * 1025}, "PARAMETER_INVALID"),
        ({"type": pb.RUNNER_TYPE_INSTANCE, "credentials": ANONYMOUS}, "CREDENTIAL_INVALID"),
    ],
)
def test_malformed_runners_are_refused(registry: Registry, values: dict[str, object], refusal: str) -> None:
    assert registry.outcome("CreateRunner", **values) == refusal


def test_runners_are_listed_in_their_own_place_read_and_deleted(registry: Registry) -> None:
    group = registry.group().id
    project = registry.project(group=group).id
    token = new_runner(registry, project)
    _group_runner(registry, group)

    def listed(**place: identity_pb2.Place) -> list[pb.Runner]:
        return list(registry.ask("ListRunners", per_page=100, **place).runners)

    (runner,) = listed(place=in_project(project))
    (of_group,) = listed(place=in_group(group))
    assert (runner.project_id, of_group.group_id) == (project, group)
    assert {runner.id, of_group.id} <= {each.id for each in listed()}
    developer = registry.member(project, DEVELOPER)
    assert registry.outcome("GetRunner", by=developer, runner_id=runner.id) == "ROLE_INSUFFICIENT"
    assert registry.outcome("ListRunners", by=developer) == "ROLE_INSUFFICIENT"
    assert registry.outcome("DeleteRunner", runner_id=runner.id) == "OK"
    assert registry.outcome("DeleteRunner", runner_id=runner.id) == "RECORD_NOT_FOUND"
    assert registry.outcome("RequestJob", runner_token=token) == "ROLE_INSUFFICIENT"


def test_a_pipeline_is_made_by_developers_with_one_pending_job(registry: Registry) -> None:
    project, user = registry.project().id, person(registry)
    ended = registry.outcome("CreatePipeline", by=user.credentials, project=str(project), ref="main")
    assert ended == "ROLE_INSUFFICIENT"
    give_role(registry, in_project(project), user.id, DEVELOPER)
    first, second = new_pipeline(registry, project, user.credentials), new_pipeline(registry, project, user.credentials)
    assert (first.iid, second.iid, first.status) == (1, 2, pb.JOB_STATUS_PENDING)
    assert (first.user.id, first.ref, first.project_id) == (user.id, "main", project)
    assert len(first.sha) == 40
    assert first.sha == second.sha
    for ref, refusal in (("", "PARAMETER_MISSING"), ("x" * 256, "PARAMETER_INVALID")):
        assert registry.outcome("CreatePipeline", by=user.credentials, project=str(project), ref=ref) == refusal


def test_a_job_goes_through_its_life_and_takes_its_pipeline_along(registry: Registry, project: int) -> None:
    job = running_job(registry, project, registry.member(project, DEVELOPER))
    assert (job.job.status, job.job.pipeline.status) == (pb.JOB_STATUS_RUNNING, pb.JOB_STATUS_RUNNING)
    assert job.job.HasField("started_at")
    assert not job.job.HasField("finished_at")
    ended = end_job(registry, job, "failed")
    assert (ended.status, ended.pipeline.status) == (pb.JOB_STATUS_FAILED, pb.JOB_STATUS_FAILED)
    assert ended.HasField("finished_at")
    assert registry.ask("GetJob", project=str(project), job_id=ended.id).job == ended


def test_the_oldest_job_is_handed_out_first_and_each_once(registry: Registry, project: int) -> None:
    runner, developer = new_runner(registry, project), registry.member(project, DEVELOPER)
    pipelines = [new_pipeline(registry, project, developer).id for _ in range(2)]
    taken = [registry.ask("RequestJob", runner_token=runner) for _ in range(3)]
    assert [each.job.pipeline.id for each in taken[:2]] == pipelines
    assert len({each.token for each in taken}) == 3
    assert not taken[2].HasField("job")
    assert taken[2].token == ""


def test_a_runner_takes_no_job_of_another_place(registry: Registry) -> None:
    top = registry.group()
    below = registry.group(parent=top.id)
    project = registry.project(group=below.id).id
    new_pipeline(registry, project, registry.member(project, DEVELOPER))
    assert not registry.ask(
        "RequestJob", runner_token=new_runner(registry, registry.project(group=below.id).id)
    ).HasField("job")
    assert not registry.ask(
        "RequestJob", runner_token=_group_runner(registry, registry.group(parent=top.id).id)
    ).HasField("job")
    assert registry.ask("RequestJob", runner_token=_group_runner(registry, top.id)).job.pipeline.project_id == project


@pytest.mark.parametrize("token", ["", "glrt-worthless", "x" * 5000])
def test_a_token_that_names_no_runner_gets_no_job(registry: Registry, token: str) -> None:
    assert registry.outcome("RequestJob", runner_token=token) == "ROLE_INSUFFICIENT"


def test_a_job_is_ended_by_its_own_token_and_once(registry: Registry, project: int) -> None:
    developer = registry.member(project, DEVELOPER)
    job, other = running_job(registry, project, developer), running_job(registry, project, developer)
    assert _report(registry, job.job.id, other.token, "success") == "ROLE_INSUFFICIENT"
    assert _report(registry, 10**9, job.token, "success") == "RECORD_NOT_FOUND"
    assert _report(registry, job.job.id, job.token, "well") == "PARAMETER_VALUE_UNKNOWN"
    assert _report(registry, job.job.id, job.token, "running") == "OK"
    assert _report(registry, job.job.id, job.token, "success") == "OK"
    assert _report(registry, job.job.id, job.token, "success") == "ROLE_INSUFFICIENT"


def test_a_job_that_waits_has_no_token_yet(registry: Registry, project: int) -> None:
    pipeline = new_pipeline(registry, project, registry.member(project, DEVELOPER))
    (job,) = registry.ask("ListJobs", project=str(project), pipeline_id=pipeline.id).jobs
    assert _report(registry, job.id, "", "success") == "ROLE_INSUFFICIENT"


def test_a_job_is_canceled_by_developers_whether_it_waits_or_runs(registry: Registry, project: int) -> None:
    developer = registry.member(project, DEVELOPER)
    job = running_job(registry, project, developer)

    def cancel(by: Sequence[Credential], job_id: int) -> str:
        return registry.outcome("CancelJob", by=by, project=str(project), job_id=job_id)

    assert cancel(registry.member(project, REPORTER), job.job.id) == "ROLE_INSUFFICIENT"
    assert cancel(developer, job.job.id) == "OK"
    assert _report(registry, job.job.id, job.token, "success") == "ROLE_INSUFFICIENT"
    assert cancel(developer, job.job.id) == "OK"
    answer = registry.ask("GetJob", by=developer, project=str(project), job_id=job.job.id).job.status
    assert answer == pb.JOB_STATUS_CANCELED
    waiting = new_pipeline(registry, project, developer)
    (job_that_waits,) = registry.ask("ListJobs", by=developer, project=str(project), pipeline_id=waiting.id).jobs
    assert cancel(developer, job_that_waits.id) == "OK"
    assert not registry.ask("RequestJob", runner_token=new_runner(registry, project)).HasField("job")


def test_pipelines_and_jobs_are_listed_newest_first_by_status_and_ref(registry: Registry, project: int) -> None:
    developer = registry.member(project, DEVELOPER)
    done = running_job(registry, project, developer)
    end_job(registry, done)
    waiting = new_pipeline(registry, project, developer)

    def pipelines(**values: object) -> list[int]:
        return [
            each.id for each in registry.ask("ListPipelines", by=developer, project=str(project), **values).pipelines
        ]

    def jobs(**values: object) -> list[int]:
        return [
            each.pipeline.id for each in registry.ask("ListJobs", by=developer, project=str(project), **values).jobs
        ]

    assert pipelines() == jobs() == [waiting.id, done.job.pipeline.id]
    assert pipelines(status=pb.JOB_STATUS_SUCCESS) == jobs(statuses=[pb.JOB_STATUS_SUCCESS]) == [done.job.pipeline.id]
    assert pipelines(ref="main") == pipelines()
    assert pipelines(ref="other") == []
    assert registry.outcome("ListJobs", by=developer, project=str(project), pipeline_id=10**9) == "RECORD_NOT_FOUND"


def test_a_pipeline_belongs_to_its_project_and_is_deleted_by_its_owners(registry: Registry) -> None:
    project, other = registry.project().id, registry.project().id
    pipeline = new_pipeline(registry, project, registry.member(project, DEVELOPER)).id

    def delete(by: Sequence[Credential], where: int) -> str:
        return registry.outcome("DeletePipeline", by=by, project=str(where), pipeline_id=pipeline)

    assert registry.outcome("GetPipeline", project=str(other), pipeline_id=pipeline) == "RECORD_NOT_FOUND"
    assert delete(registry.root, other) == "RECORD_NOT_FOUND"
    assert delete(registry.member(project, MAINTAINER), project) == "ROLE_INSUFFICIENT"
    assert delete(registry.member(project, OWNER), project) == "OK"
    assert delete(registry.root, project) == "RECORD_NOT_FOUND"
    assert not registry.ask("RequestJob", runner_token=new_runner(registry, project)).HasField("job")


def test_pipelines_of_a_private_project_are_for_reporters(registry: Registry) -> None:
    project = registry.project("PRIVATE").id
    for level, expected in ((GUEST, "ROLE_INSUFFICIENT"), (REPORTER, "OK")):
        assert registry.outcome("ListPipelines", by=registry.member(project, level), project=str(project)) == expected


def test_a_pipeline_outlasts_its_user(registry: Registry) -> None:
    project, user = registry.project().id, person(registry)
    give_role(registry, in_project(project), user.id, DEVELOPER)
    pipeline = new_pipeline(registry, project, user.credentials)
    registry.ask("DeleteUser", user_id=user.id)
    assert not registry.ask("GetPipeline", project=str(project), pipeline_id=pipeline.id).pipeline.HasField("user")
