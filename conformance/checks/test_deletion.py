"""Deleting packages, single files and projects: who may, what goes, and what stays."""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from conformance.checks.cells import PRIVATE, PUBLIC
from conformance.checks.packages_api import Recorded, expect_column, packages_of, packages_of_another, recorded
from conformance.checks.steps import RECORD
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.access import Actor, Visibility
from conformance.target.registry import FileLocation, Registry
from conformance.transport.response import Response, describe

PAUSES = (0.1, 0.4, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A deletion by somebody who may not do it, and the status that follows."""

    visibility: Visibility
    actor: Actor
    status: int


REFUSED = {
    "packages.delete-by-developer-is-403": Refusal(PUBLIC, Actor.DEVELOPER, 403),
    "packages.delete-by-outsider-is-404": Refusal(PRIVATE, Actor.OUTSIDER, 404),
}


@judges("packages.delete-answers-204")
def test_delete_answers_204(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A maintainer deletes a package: 204."""
    expect(_delete(registry, recorded(registry, control))).status(204)


@judges("packages.deleted-is-gone")
def test_deleted_is_gone(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A package is deleted: its file, which downloaded before, is 404, and it is in no list."""
    file = recorded(registry, control)
    control(registry.download(file.location), "before").status(200)
    control(_delete(registry, file), "deleted").status(204)
    expect(registry.download(file.location), "download").status(404)
    expect_column(
        expect, registry.call("GET", packages_of(registry), query=f"package_name={file.location.package}"), []
    )


@judges("packages.deleted-can-be-published-again")
def test_deleted_can_be_published_again(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A package is deleted and at once published again with other bytes: the new bytes download."""
    file, newer = recorded(registry, control), registry.content()
    control(_delete(registry, file), "deleted").status(204)
    expect(registry.publish(file.location, newer), "again").status(201)
    expect(registry.download(file.location)).body(newer)


@judges_each(REFUSED)
def test_delete_refused(case: Refusal, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Somebody who may not delete a package tries; afterwards a maintainer deletes it."""
    file = recorded(registry, control, visibility=case.visibility)
    response = _delete(registry, file, case.actor, case.visibility)
    control(_delete(registry, file, visibility=case.visibility), "maintainer").status(204)
    expect(response).status(case.status)


@judges("packages.delete-of-another-project-is-404")
def test_delete_of_another_project_is_404(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """The writer deletes a package under another project's address: 404, and it is still there to be deleted."""
    file = recorded(registry, control)
    response = registry.call("DELETE", f"{packages_of_another(registry)}/{file.package}")
    control(registry.call("DELETE", f"{packages_of(registry)}/{file.package}"), "own").status(204)
    expect(response).status(404)


@judges("packages.refused-delete-deletes-nothing")
def test_refused_delete_deletes_nothing(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A developer tries to delete a package and is refused: its file downloads as before."""
    file = recorded(registry, control)
    control(_delete(registry, file, Actor.DEVELOPER), "refused").status(403)
    expect(registry.download(file.location)).body(file.content)


@judges("packages.file-delete-answers-204")
def test_file_delete_answers_204(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A maintainer deletes one file of a package: 204."""
    expect(_delete_file(registry, recorded(registry, control))).status(204)


@judges("packages.deleted-file-is-gone")
def test_deleted_file_is_gone(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A file that downloaded is deleted: it is 404."""
    file = recorded(registry, control)
    control(registry.download(file.location), "before").status(200)
    control(_delete_file(registry, file), "deleted").status(204)
    expect(registry.download(file.location)).status(404)


@judges("packages.file-delete-keeps-the-others")
def test_file_delete_keeps_the_others(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """One of two files of a package is deleted: the other downloads."""
    file = recorded(registry, control)
    other = recorded(registry, control, FileLocation(file.location.package, file="other.bin"), "other")
    control(_delete_file(registry, other), "deleted").status(204)
    expect(registry.download(file.location)).body(file.content)


@judges("packages.file-delete-uncovers-the-older")
def test_file_delete_uncovers_the_older(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """The newer of two files of one name is deleted: the older one downloads again."""
    older = recorded(registry, control)
    response = registry.publish(older.location, registry.content(), query=RECORD)
    control(response, "newer").success()
    newer = Recorded(older.location, older.content, older.package, response.key("id"))
    control(_delete_file(registry, newer), "deleted").status(204)
    expect(registry.download(older.location)).body(older.content)


@judges("packages.file-delete-by-developer-is-403")
def test_file_delete_by_developer_is_403(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A developer tries to delete a file: 403; afterwards a maintainer deletes it."""
    file = recorded(registry, control)
    response = _delete_file(registry, file, Actor.DEVELOPER)
    control(_delete_file(registry, file), "maintainer").status(204)
    expect(response).status(403)


@judges("packages.file-delete-of-another-package-is-404")
def test_file_delete_of_another_package_is_404(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """The writer deletes a file under another package's address: 404, and it is still there to be deleted."""
    file = recorded(registry, control)
    other = registry.publish(registry.location(), registry.content(), query=RECORD).key("package_id")
    response = registry.call("DELETE", f"{packages_of(registry)}/{other}/package_files/{file.id}")
    own = _delete_file(registry, file)
    holds = own.status == HTTPStatus.NO_CONTENT and type(other) is int
    control.that("own", holds=holds, expected="204, and another package", actual=describe(own), response=own)
    expect(response).status(404)


@judges("projects.deletion-marks")
def test_deletion_marks(registry: Registry, expect: Evaluator) -> None:
    """An owner deletes a project: it is accepted, and the project is shown with the day on which it will go."""
    path = f"/projects/{registry.access.subgroup('marked').project.id}"
    expect(registry.call("DELETE", path)).status(202)
    shown = registry.call("GET", path)
    expect(shown).key("marked_for_deletion_on", lambda value: isinstance(value, str), "a date")


@judges("projects.marked-can-be-removed")
def test_marked_can_be_removed(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """An owner deletes a project, and again for good under the path that it has then: after a while it is 404."""
    path = f"/projects/{registry.access.subgroup('removed-for-good').project.id}"
    control(registry.call("DELETE", path), "marked").status(202)
    full_path = registry.call("GET", path).key("path_with_namespace")
    query = f"permanently_remove=true&full_path={quote(str(full_path), safe='')}"
    registry.call("DELETE", path, query=query)
    for pause in PAUSES:
        response = registry.call("GET", path)
        if response.status == HTTPStatus.NOT_FOUND:
            break
        registry.client.clock.sleep(pause)
    expect(response).status(404)


def _delete(
    registry: Registry, file: Recorded, actor: Actor = Actor.MAINTAINER, visibility: Visibility | None = None
) -> Response:
    visibility = visibility or registry.access.usual
    credential = registry.access.credential(actor, visibility)
    return registry.call("DELETE", f"{packages_of(registry, visibility)}/{file.package}", credential=credential)


def _delete_file(registry: Registry, file: Recorded, actor: Actor = Actor.MAINTAINER) -> Response:
    path = f"{packages_of(registry)}/{file.package}/package_files/{file.id}"
    return registry.call("DELETE", path, credential=registry.access.credential(actor, registry.access.usual))
