"""Job tokens: how a runner gets a job, and that its token lives exactly as long."""

from conformance.checks.cells import PRIVATE, PUBLIC, Cell, download_as, publish_as
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Judge
from conformance.target.registry import Registry
from conformance.transport.answer import Answer, described

ENDS = {"job-tokens.ends-with-success": "success", "job-tokens.ends-with-failure": "failed"}


@judges("job-tokens.runner-gets-the-job")
def test_runner_gets_the_job(registry: Registry, expect: Judge) -> None:
    """What a runner needs to know of its job."""
    project = registry.access.elsewhere()
    registry.access.pipeline(project)
    answer = registry.access.request_job(project, patient=True)
    expect(answer).status(201)
    holds = type(answer.key("id")) is int and bool(answer.key("token")) and _project_of(answer) == project.id
    expected = f"an id, a token and the project {project.id}"
    expect.that("job", holds=holds, expected=expected, actual=described(answer), answer=answer)


@judges("job-tokens.runner-gets-a-job-once")
def test_runner_gets_a_job_once(registry: Registry, expect: Judge, control: Judge) -> None:
    """One pipeline with one job, two requests for work."""
    project = registry.access.elsewhere()
    registry.access.pipeline(project)
    control(registry.access.request_job(project, patient=True), "first").status(201)
    expect(registry.access.request_job(project)).status(204)


@judges("job-tokens.unknown-runner-is-403")
def test_unknown_runner_is_403(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the runner alone; it finds no work, or work that somebody left."""
    control(registry.access.request_job(registry.access.elsewhere()), "known").success()
    expect(registry.call("POST", "/jobs/request", document={"token": "glrt-of-nobody-000000"})).status(403)


@judges_each(ENDS)
def test_ends(case: str, registry: Registry, expect: Judge, control: Judge) -> None:
    """The same publish before and after the end of the job."""
    job = registry.access.job(registry.access.project(PRIVATE))
    cell = Cell(PRIVATE, job.credential)
    control(publish_as(registry, registry.place(), cell), "running").status(201)
    control(job.end(case), "ended").success()
    expect(publish_as(registry, registry.place(), cell)).status(401)


@judges("job-tokens.ended-is-401-on-public")
def test_ended_is_401_on_public(registry: Registry, expect: Judge, control: Judge) -> None:
    """A token that has ended is invalid, not absent."""
    job = registry.access.job(registry.access.project(PUBLIC))
    cell = Cell(PUBLIC, job.credential)
    control(download_as(registry, cell), "running").status(200)
    control(job.end("success"), "ended").success()
    expect(download_as(registry, cell)).status(401)


@judges("job-tokens.ends-itself-only")
def test_ends_itself_only(registry: Registry, expect: Judge, control: Judge) -> None:
    """Two jobs of one user in one project."""
    first, second = (registry.access.job(registry.access.project(PRIVATE)) for _ in range(2))
    control(first.end("success"), "ended").success()
    control(publish_as(registry, registry.place(), Cell(PRIVATE, first.credential)), "first").status(401)
    expect(publish_as(registry, registry.place(), Cell(PRIVATE, second.credential))).status(201)


@judges("job-tokens.open-no-other-call")
def test_open_no_other_call(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the call alone."""
    job = registry.access.job(registry.access.project(PUBLIC))
    control(download_as(registry, Cell(PUBLIC, job.credential)), "download").status(200)
    expect(registry.call("GET", "/user", credential=job.credential)).status(401)


def _project_of(answer: Answer) -> object:
    job_info = answer.key("job_info")
    return job_info.get("project_id") if isinstance(job_info, dict) else None
