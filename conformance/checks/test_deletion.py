"""Deleting packages and single files: who may, what goes, and what stays."""

from dataclasses import dataclass
from http import HTTPStatus

from conformance.checks.cells import PRIVATE, PUBLIC
from conformance.checks.packages_api import Recorded, expect_column, packages_of, recorded
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Judge
from conformance.target.access import Role, Visibility
from conformance.target.registry import Place, Registry
from conformance.transport.answer import Answer, described


@dataclass(frozen=True, slots=True)
class Refusal:
    """A deletion by somebody who may not do it, and the status that follows."""

    visibility: Visibility
    role: Role
    status: int


REFUSED = {
    "packages.delete-by-developer-is-403": Refusal(PUBLIC, Role.DEVELOPER, 403),
    "packages.delete-by-outsider-is-404": Refusal(PRIVATE, Role.OUTSIDER, 404),
}


@judges("packages.delete-answers-204")
def test_delete_answers_204(registry: Registry, expect: Judge, control: Judge) -> None:
    """A maintainer's access token."""
    expect(_delete(registry, recorded(registry, control))).status(204)


@judges("packages.deleted-is-gone")
def test_deleted_is_gone(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control is the same download before."""
    file = recorded(registry, control)
    control(registry.download(file.place), "before").status(200)
    control(_delete(registry, file), "deleted").status(204)
    expect(registry.download(file.place), "download").status(404)
    expect_column(expect, registry.call("GET", packages_of(registry), query=f"package_name={file.place.package}"), [])


@judges("packages.deleted-can-be-published-again")
def test_deleted_can_be_published_again(registry: Registry, expect: Judge, control: Judge) -> None:
    """At once, with other bytes."""
    file, newer = recorded(registry, control), registry.content()
    control(_delete(registry, file), "deleted").status(204)
    expect(registry.publish(file.place, newer), "again").status(201)
    expect(registry.download(file.place)).body(newer)


@judges_each(REFUSED)
def test_delete_refused(case: Refusal, registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the credential alone: afterwards a maintainer deletes it."""
    file = recorded(registry, control, visibility=case.visibility)
    answer = _delete(registry, file, case.role, case.visibility)
    control(_delete(registry, file, visibility=case.visibility), "maintainer").status(204)
    expect(answer).status(case.status)


@judges("packages.delete-of-another-project-is-404")
def test_delete_of_another_project_is_404(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the project alone: afterwards it is deleted at its own address."""
    file = recorded(registry, control)
    answer = registry.call("DELETE", f"{packages_of(registry, PRIVATE)}/{file.package}")
    control(registry.call("DELETE", f"{packages_of(registry)}/{file.package}"), "own").status(204)
    expect(answer).status(404)


@judges("packages.refused-delete-deletes-nothing")
def test_refused_delete_deletes_nothing(registry: Registry, expect: Judge, control: Judge) -> None:
    """Refused means that it was not done."""
    file = recorded(registry, control)
    control(_delete(registry, file, Role.DEVELOPER), "refused").status(403)
    expect(registry.download(file.place)).body(file.content)


@judges("packages.file-delete-answers-204")
def test_file_delete_answers_204(registry: Registry, expect: Judge, control: Judge) -> None:
    """A maintainer's access token."""
    expect(_delete_file(registry, recorded(registry, control))).status(204)


@judges("packages.deleted-file-is-gone")
def test_deleted_file_is_gone(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control is the same download before."""
    file = recorded(registry, control)
    control(registry.download(file.place), "before").status(200)
    control(_delete_file(registry, file), "deleted").status(204)
    expect(registry.download(file.place)).status(404)


@judges("packages.file-delete-keeps-the-others")
def test_file_delete_keeps_the_others(registry: Registry, expect: Judge, control: Judge) -> None:
    """Another file of the same package."""
    file = recorded(registry, control)
    other = recorded(registry, control, Place(file.place.package, file="other.bin"), "other")
    control(_delete_file(registry, other), "deleted").status(204)
    expect(registry.download(file.place)).body(file.content)


@judges("packages.file-delete-uncovers-the-older")
def test_file_delete_uncovers_the_older(registry: Registry, expect: Judge, control: Judge) -> None:
    """Two files of one name, the newer one is deleted."""
    older = recorded(registry, control)
    answer = registry.publish(older.place, registry.content(), query="select=package_file")
    control(answer, "newer").success()
    newer = Recorded(older.place, older.content, older.package, answer.key("id"))
    control(_delete_file(registry, newer), "deleted").status(204)
    expect(registry.download(older.place)).body(older.content)


@judges("packages.file-delete-by-developer-is-403")
def test_file_delete_by_developer_is_403(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the credential alone: afterwards a maintainer deletes it."""
    file = recorded(registry, control)
    answer = _delete_file(registry, file, Role.DEVELOPER)
    control(_delete_file(registry, file), "maintainer").status(204)
    expect(answer).status(403)


@judges("packages.file-delete-of-another-package-is-404")
def test_file_delete_of_another_package_is_404(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the package alone: afterwards it is deleted at its own address."""
    file = recorded(registry, control)
    other = registry.publish(registry.place(), registry.content(), query="select=package_file").key("package_id")
    answer = registry.call("DELETE", f"{packages_of(registry)}/{other}/package_files/{file.id}")
    own = _delete_file(registry, file)
    holds = own.status == HTTPStatus.NO_CONTENT and type(other) is int
    control.that("own", holds=holds, expected="204, and another package", actual=described(own), answer=own)
    expect(answer).status(404)


def _delete(
    registry: Registry, file: Recorded, role: Role = Role.MAINTAINER, visibility: Visibility = PUBLIC
) -> Answer:
    credential = registry.access.credential(role, visibility)
    return registry.call("DELETE", f"{packages_of(registry, visibility)}/{file.package}", credential=credential)


def _delete_file(registry: Registry, file: Recorded, role: Role = Role.MAINTAINER) -> Answer:
    path = f"{packages_of(registry)}/{file.package}/package_files/{file.id}"
    return registry.call("DELETE", path, credential=registry.access.credential(role, PUBLIC))
