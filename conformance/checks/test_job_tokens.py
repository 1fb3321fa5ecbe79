"""Job tokens: how a runner gets a job, and that its token lives exactly as long."""

from conformance.checks.cells import PRIVATE, PUBLIC, Cell, download_as, publish_as
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.registry import Registry
from conformance.transport.response import Response, describe

ENDS = {"job-tokens.ends-with-success": "success", "job-tokens.ends-with-failure": "failed"}


@judges("job-tokens.runner-gets-the-job")
def test_runner_gets_the_job(registry: Registry, expect: Evaluator) -> None:
    """A pipeline starts and a runner asks for work: it is given the job, its token and its project."""
    project = registry.access.elsewhere()
    registry.access.pipeline(project)
    response = registry.access.request_job(project, patient=True)
    expect(response).status(201)
    holds = type(response.key("id")) is int and bool(response.key("token")) and _project_of(response) == project.id
    expected = f"an id, a token and the project {project.id}"
    expect.that("job", holds=holds, expected=expected, actual=describe(response), response=response)


@judges("job-tokens.runner-gets-a-job-once")
def test_runner_gets_a_job_once(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A runner asks for work twice where one job waits: the second time there is none."""
    project = registry.access.elsewhere()
    registry.access.pipeline(project)
    control(registry.access.request_job(project, patient=True), "first").status(201)
    expect(registry.access.request_job(project)).status(204)


@judges("job-tokens.unknown-runner-is-403")
def test_unknown_runner_is_403(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Somebody asks for work with an unknown runner token: 403, where a known runner is answered."""
    control(registry.access.request_job(registry.access.elsewhere()), "known").success()
    expect(registry.call("POST", "/jobs/request", document={"token": "glrt-of-nobody-000000"})).status(403)


@judges_each(ENDS)
def test_ends(case: str, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A job publishes, ends as its runner reports, and publishes again with its token: 401."""
    job = registry.access.job(registry.access.project(PRIVATE))
    cell = Cell(PRIVATE, job.credential)
    control(publish_as(registry, registry.location(), cell), "running").status(201)
    control(job.end(case), "ended").success()
    expect(publish_as(registry, registry.location(), cell)).status(401)


@judges("job-tokens.ended-is-401-on-public")
def test_ended_is_401_on_public(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A job that has ended downloads from a public project: 401, because its token is invalid, not absent."""
    job = registry.access.job(registry.access.project(PUBLIC))
    cell = Cell(PUBLIC, job.credential)
    control(download_as(registry, cell), "running").status(200)
    control(job.end("success"), "ended").success()
    expect(download_as(registry, cell)).status(401)


@judges("job-tokens.ends-itself-only")
def test_ends_itself_only(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """One of two jobs of a user ends: its own token is refused and the other's still publishes."""
    first, second = (registry.access.job(registry.access.project(PRIVATE)) for _ in range(2))
    control(first.end("success"), "ended").success()
    control(publish_as(registry, registry.location(), Cell(PRIVATE, first.credential)), "first").status(401)
    expect(publish_as(registry, registry.location(), Cell(PRIVATE, second.credential))).status(201)


@judges("job-tokens.open-no-other-call")
def test_open_no_other_call(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Somebody tries the token of a running job, which downloads, on a call outside its list: 401."""
    usual = registry.access.usual
    job = registry.access.job(registry.access.project(usual))
    control(download_as(registry, Cell(usual, job.credential)), "download").status(200)
    expect(registry.call("GET", "/user", credential=job.credential)).status(401)


def _project_of(response: Response) -> object:
    job_info = response.key("job_info")
    return job_info.get("project_id") if isinstance(job_info, dict) else None
