"""Outcome of PUT and GET: every cell of the table in requirements/outcome.toml, whatever its id begins with."""

from http import HTTPStatus

from conformance.checks.cells import Cell, cells_of, download_as, publish_as
from conformance.checks.steps import stored
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.access import TargetProject
from conformance.target.registry import Registry

PUBLISHES, DOWNLOADS = cells_of("PUT"), cells_of("GET")


@judges_each({identifier: cell for identifier, cell in PUBLISHES.items() if HTTPStatus.CREATED in cell.status})
def test_publish_accepted(case: Cell, registry: Registry, expect: Evaluator) -> None:
    """A client publishes with a token that suffices, carried as the cell says: the file is taken."""
    expect(publish_as(registry, registry.location(), case)).status(*case.status)


@judges_each({identifier: cell for identifier, cell in PUBLISHES.items() if HTTPStatus.CREATED not in cell.status})
def test_publish_refused(case: Cell, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Somebody publishes with a token that does not suffice, or none, where the writer may publish: refused."""
    location = registry.location()
    response = publish_as(registry, location, case)
    control(registry.publish(location, registry.content(), visibility=case.visibility), "writer").status(201)
    expect(response).status(*case.status)


@judges_each({identifier: cell for identifier, cell in DOWNLOADS.items() if HTTPStatus.OK in cell.status})
def test_download_accepted(case: Cell, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client downloads with a token that suffices, carried as the cell says: it gets the file as published."""
    file = registry.shared(case.visibility)
    control(file.response, "published").status(201)
    response = download_as(registry, case)
    expect(response).status(*case.status)
    expect(response).body(file.content)


@judges_each({identifier: cell for identifier, cell in DOWNLOADS.items() if HTTPStatus.OK not in cell.status})
def test_download_refused(case: Cell, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Somebody downloads, with a token that does not suffice or none, what the writer can download: refused."""
    response = download_as(registry, case)
    location = registry.shared(case.visibility).location
    control(registry.download(location, visibility=case.visibility), "writer").status(200)
    expect(response).status(*case.status)


@judges("outcome.get-private-open-registry-anonymous-is-200")
def test_get_private_open_registry_anonymous_is_200(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A private project opens its package registry to everyone: a file that was 401 downloads without a token."""
    project = registry.access.subgroup("open").project
    file = stored(registry, control, project=project)
    control(registry.download(file.location, project=project, credential=None), "closed").status(401)
    level = {"package_registry_access_level": "public"}
    control(registry.call("PUT", f"/projects/{project.id}", document=level), "opened").status(200)
    expect(registry.download(file.location, project=project, credential=None)).status(200)


@judges("outcome.put-switched-off-registry-is-403")
def test_put_switched_off_registry_is_403(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A project switches its package registry off: its owner, who could publish before, is refused."""
    project = registry.access.subgroup("off-to-publishers").project
    stored(registry, control, project=project)
    _switch_off(registry, project, control)
    expect(registry.publish(registry.location(), registry.content(), project=project)).status(403)


@judges("outcome.get-switched-off-registry-is-403")
def test_get_switched_off_registry_is_403(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A project switches its package registry off: its owner does not get a file that downloaded before."""
    project = registry.access.subgroup("off-to-readers").project
    file = stored(registry, control, project=project)
    control(registry.download(file.location, project=project), "before").status(200)
    _switch_off(registry, project, control)
    expect(registry.download(file.location, project=project)).status(403)


def _switch_off(registry: Registry, project: TargetProject, control: Evaluator) -> None:
    """Switch the package registry of a project off, by the old name of the setting and the new."""
    settings = {"packages_enabled": False, "package_registry_access_level": "disabled"}
    control(registry.call("PUT", f"/projects/{project.id}", document=settings), "switched off").status(200)
