"""Packages that jobs published, and their pipelines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from generic_packages.storage.v1 import ci_pb2
from generic_packages.storage.v1 import packages_pb2 as pb
from generic_packages.storage.v1.credential_pb2 import Credential

from tests.support.storage import Registry, at
from tests.support.storage_users import job_token, running_job


@dataclass(frozen=True, slots=True)
class Running:
    pipeline: ci_pb2.Pipeline
    credentials: Sequence[Credential]


def run_job(registry: Registry, project: int) -> Running:
    job = running_job(registry, project, registry.root)
    return Running(job.job.pipeline, job_token(job.token))


def listed(registry: Registry, row: pb.PackageFile, **part: Any) -> Any:  # noqa: ANN401 -- as `ask`
    package = {"project": str(row.project_id), "package_id": row.package_id}
    return registry.ask("ListPackagePipelines", part=pb.ListedPart(**part), **package)


def packages(registry: Registry, project: int) -> list[pb.Package]:
    return list(registry.ask("ListPackages", project=str(project)).packages)


def test_a_package_and_its_files_name_the_pipeline_that_published_them(registry: Registry) -> None:
    project = registry.project()
    job = run_job(registry, project.id)
    by_person = registry.publish(at(project.id, "person"))
    by_job = registry.publish(at(project.id, "job"), by=job.credentials)
    large = registry.publish_large(at(project.id, "large"), b"x" * 100_000, by=job.credentials)
    registry.publish(at(project.id, name="other"))
    assert [list(package.pipelines) for package in packages(registry, project.id)] == [[job.pipeline], []]
    of_file = {file.id: file for file in registry.files(project.id, by_job.package_id)}
    assert not of_file[by_person.id].HasField("pipeline")
    assert of_file[by_job.id].pipeline == of_file[large.id].pipeline == job.pipeline
    assert list(listed(registry, by_job).pipelines) == [job.pipeline]
    assert list(
        registry.ask("GetPackage", project=str(project.id), package_id=by_job.package_id).package.pipelines
    ) == [job.pipeline]


def test_pipelines_of_a_package_are_listed_newest_first_and_in_parts(registry: Registry, project: int) -> None:
    jobs = [run_job(registry, project) for _ in range(7)]
    for _ in range(2):
        rows = [registry.publish(at(project), by=job.credentials) for job in jobs]
    ids = [job.pipeline.id for job in jobs]
    row = rows[0]
    assert [pipeline.id for pipeline in listed(registry, row).pipelines] == ids[::-1]
    assert listed(registry, row).part.total == 7
    assert [pipeline.id for pipeline in listed(registry, row, sort="asc").pipelines] == ids
    found, cursor = [], None
    while cursor is None or cursor:
        part = listed(registry, row, keyset=True, per_page=3, cursor=cursor)
        found += [pipeline.id for pipeline in part.pipelines]
        cursor = part.part.next_cursor
    assert found == ids[::-1]
    (package,) = packages(registry, project)
    assert [pipeline.id for pipeline in package.pipelines] == ids[:1:-1]


def test_a_package_that_nobodys_job_published_has_no_pipelines(registry: Registry) -> None:
    row = registry.publish(at(registry.project().id))
    assert listed(registry, row) == pb.ListPackagePipelinesResponse(part=pb.GivenPart(page=1, per_page=20))


def test_a_pipeline_that_is_deleted_leaves_its_packages(registry: Registry, project: int) -> None:
    job = run_job(registry, project)
    row = registry.publish(at(project), by=job.credentials)
    registry.ask("DeletePipeline", project=str(project), pipeline_id=job.pipeline.id)
    assert not listed(registry, row).pipelines
    assert not registry.files(project, row.package_id)[0].HasField("pipeline")
    assert registry.read(at(project)) == b"content"


def test_a_package_that_is_deleted_leaves_its_pipeline(registry: Registry, project: int) -> None:
    job = run_job(registry, project)
    row = registry.publish(at(project), by=job.credentials)
    registry.delete_package(project, row.package_id)
    assert registry.outcome("GetPipeline", project=str(project), pipeline_id=job.pipeline.id) == "OK"


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"package_id": 2**62}, "PACKAGE_NOT_FOUND"),
        ({"part": pb.ListedPart(order_by="created_at")}, "PARAMETER_VALUE_UNKNOWN"),
        ({"part": pb.ListedPart(keyset=True, cursor="x")}, "PARAMETER_INVALID"),
        ({"part": pb.ListedPart(per_page=21)}, "PARAMETER_VALUE_UNKNOWN"),
        ({"part": pb.ListedPart(per_page=20)}, "OK"),
    ],
)
def test_what_is_no_page_of_pipelines_is_refused(registry: Registry, values: dict[str, object], refusal: str) -> None:
    row = registry.publish(at(registry.project().id))
    request = {"project": str(row.project_id), "package_id": row.package_id, **values}
    assert registry.outcome("ListPackagePipelines", **request) == refusal


def test_before_16_1_pipelines_of_packages_are_not_listed(registry_15: Registry) -> None:
    row = registry_15.publish(at(registry_15.project().id))
    ended = registry_15.outcome("ListPackagePipelines", project=str(row.project_id), package_id=row.package_id)
    assert ended == "NOT_IN_VERSION"
