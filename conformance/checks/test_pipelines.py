"""Pipelines: which a package names, and the list of them."""

from conformance.checks.cells import PRIVATE
from conformance.checks.packages_api import Recorded, address_of, expect_column, packages_of, recorded
from conformance.judging.binding import judges
from conformance.judging.expectations import Evaluator
from conformance.target.access import StartedJob
from conformance.target.registry import FileLocation, Registry

NO_PIPELINE: dict[str, tuple[object, ...]] = {"pipeline": (None,), "pipelines": (None, [])}


@judges("packages.pipelines-of-a-job")
def test_pipelines_of_a_job(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A job publishes a package: the package's pipelines are that of the job."""
    job, file = _published_by_a_job(registry, control)
    response = registry.call("GET", f"{_address(registry, file)}/pipelines")
    expect_column(expect, response, [job.pipeline], key="id", label="ids")


@judges("packages.pipelines-of-nobody")
def test_pipelines_of_nobody(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes a package without a job: its pipelines are an empty list."""
    file = recorded(registry, control)
    expect_column(
        expect, registry.call("GET", f"{packages_of(registry)}/{file.package}/pipelines"), [], key="id", label="ids"
    )


@judges("packages.pipelines-newest-first")
def test_pipelines_newest_first(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Jobs of two pipelines publish to one package, one after the other: the later pipeline is listed first."""
    earlier, file = _published_by_a_job(registry, control)
    other = FileLocation(file.location.package, file="other.bin")
    later, _ = _published_by_a_job(registry, control, other, "later")
    response = registry.call("GET", f"{_address(registry, file)}/pipelines")
    expect_column(expect, response, [later.pipeline, earlier.pipeline], key="id", label="ids")


@judges("packages.pipelines-page-above-20-is-400")
def test_pipelines_page_above_20_is_400(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client asks for pages of 21 pipelines: it is told that they have 20 at most, which it may ask for."""
    file = recorded(registry, control)
    path = f"{packages_of(registry)}/{file.package}/pipelines"
    control(registry.call("GET", path, query="per_page=20"), "legal").status(200)
    expect(registry.call("GET", path, query="per_page=21")).status(400)


@judges("packages.get-names-the-pipeline")
def test_get_names_the_pipeline(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A job publishes a package: the package shows the job's pipeline, by which people find the commit."""
    job, file = _published_by_a_job(registry, control)
    response = registry.call("GET", _address(registry, file))
    control(response, "shown").status(200)
    expect(response).key(
        "pipeline", lambda value: isinstance(value, dict) and value.get("id") == job.pipeline, f"the id {job.pipeline}"
    )


@judges("packages.get-names-no-pipeline")
def test_get_names_no_pipeline(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes a package without a job: the package shows no pipeline."""
    file = recorded(registry, control)
    response = registry.call("GET", f"{packages_of(registry)}/{file.package}")
    control(response, "shown").status(200)
    found = {key: response.key(key) for key in NO_PIPELINE}
    holds = all(found[key] in allowed for key, allowed in NO_PIPELINE.items())
    expect.that("pipelines", holds=holds, expected="no pipeline", actual=repr(found), response=response)


def _published_by_a_job(
    registry: Registry, control: Evaluator, location: FileLocation | None = None, label: str = "recorded"
) -> tuple[StartedJob, Recorded]:
    """Publish a file to the private project as a new job; label "recorded status" unless another is given."""
    project = registry.access.project(PRIVATE)
    job = registry.access.job(project)
    return job, recorded(registry, control, location, label, project=project, credential=job.credential)


def _address(registry: Registry, file: Recorded) -> str:
    """Return the address of a file's package in the private project."""
    return f"{address_of(registry.access.project(PRIVATE))}/{file.package}"
