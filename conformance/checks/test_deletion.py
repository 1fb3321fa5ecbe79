"""Deleting packages, single files and projects: who may, what goes, and what stays."""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from conformance.checks.cells import PRIVATE, PUBLIC
from conformance.checks.packages_api import (
    Recorded,
    expect_column,
    packages_of,
    packages_of_another,
    published_with_record,
    recorded,
)
from conformance.checks.steps import RECORD
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.access import Actor, Visibility
from conformance.target.registry import FileLocation, Registry
from conformance.transport.response import Response, describe

PAUSES = (0.1, 0.4, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True, slots=True)
class Deletion:
    """A deletion, of a file where `of_file` says so, by an actor or nobody, and the status that follows.

    `visibility` is that of the project, None for the usual one.
    """

    visibility: Visibility | None
    actor: Actor | None
    status: int
    of_file: bool = False

    def by(self, actor: Actor | None, registry: Registry, file: Recorded) -> Response:
        """Return the response to this deletion by an actor."""
        visibility = self.visibility or registry.access.usual
        path = f"{packages_of(registry, visibility)}/{file.package}"
        credential = registry.access.credential(actor, visibility) if actor else None
        return registry.call(
            "DELETE", f"{path}/package_files/{file.id}" if self.of_file else path, credential=credential
        )


REFUSED = {
    "packages.delete-by-developer-is-403": Deletion(None, Actor.DEVELOPER, 403),
    "packages.delete-by-outsider-is-404": Deletion(PRIVATE, Actor.OUTSIDER, 404),
    "packages.delete-public-anonymous-is-403": Deletion(PUBLIC, None, 403),
    "packages.delete-public-outsider-is-403": Deletion(PUBLIC, Actor.OUTSIDER, 403),
    "packages.delete-private-anonymous-is-404": Deletion(PRIVATE, None, 404),
    "packages.delete-by-developer-job-is-403": Deletion(PRIVATE, Actor.JOB_DEVELOPER, 403),
    "packages.file-delete-by-developer-is-403": Deletion(None, Actor.DEVELOPER, 403, of_file=True),
    "packages.file-delete-public-anonymous-is-403": Deletion(PUBLIC, None, 403, of_file=True),
    "packages.file-delete-public-outsider-is-403": Deletion(PUBLIC, Actor.OUTSIDER, 403, of_file=True),
    "packages.file-delete-private-anonymous-is-404": Deletion(PRIVATE, None, 404, of_file=True),
    "packages.file-delete-private-outsider-is-404": Deletion(PRIVATE, Actor.OUTSIDER, 404, of_file=True),
    "packages.file-delete-by-developer-job-is-403": Deletion(PRIVATE, Actor.JOB_DEVELOPER, 403, of_file=True),
}
PERMITTED = {
    "packages.delete-by-maintainer-job-is-204": Deletion(PRIVATE, Actor.JOB_MAINTAINER, 204),
    "packages.file-delete-by-maintainer-job-is-204": Deletion(PRIVATE, Actor.JOB_MAINTAINER, 204, of_file=True),
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
def test_delete_refused(case: Deletion, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Somebody who may not delete a package, or a file of it, tries where a maintainer deletes another.

    Only that deletion shows that the other was published.
    """
    visibility = case.visibility or registry.access.usual
    file = recorded(registry, control, visibility=visibility)
    other = published_with_record(registry, visibility=visibility)
    response = case.by(case.actor, registry, file)
    control(case.by(Actor.MAINTAINER, registry, other), "maintainer").status(204)
    expect(response).status(case.status)


@judges_each(PERMITTED)
def test_delete_permitted(case: Deletion, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A running job of somebody who may delete a package, or a file of it, does so."""
    file = recorded(registry, control, visibility=case.visibility or registry.access.usual)
    expect(case.by(case.actor, registry, file)).status(case.status)


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


@judges("packages.deleted-file-leaves-the-list")
def test_deleted_file_leaves_the_list(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """One of two files of a package is deleted: the list of the package's files has the other alone."""
    file = recorded(registry, control)
    other = recorded(registry, control, FileLocation(file.location.package, file="other.bin"), "other")
    path = f"{packages_of(registry)}/{file.package}/package_files"
    expect_column(control, registry.call("GET", path), [file.id, other.id], key="id", label="before")
    control(_delete_file(registry, other), "deleted").status(204)
    expect_column(expect, registry.call("GET", path), [file.id], key="id", label="ids")


@judges("packages.deleted-file-is-deleted-once")
def test_deleted_file_is_deleted_once(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A file of a package that keeps another is deleted twice: the second time it is 404."""
    file = recorded(registry, control)
    recorded(registry, control, FileLocation(file.location.package, file="other.bin"), "other")
    control(_delete_file(registry, file), "deleted").status(204)
    expect(_delete_file(registry, file)).status(404)


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


def _delete(registry: Registry, file: Recorded, actor: Actor = Actor.MAINTAINER) -> Response:
    return Deletion(None, actor, 204).by(actor, registry, file)


def _delete_file(registry: Registry, file: Recorded) -> Response:
    return Deletion(None, Actor.MAINTAINER, 204, of_file=True).by(Actor.MAINTAINER, registry, file)
