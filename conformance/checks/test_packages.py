"""One package: what is shown of it and of its files, and who sees what of it."""

from http import HTTPStatus

from conformance.checks.cells import PRIVATE, Cell
from conformance.checks.packages_api import (
    entries,
    expect_column,
    packages_of,
    packages_of_another,
    recorded,
)
from conformance.checks.steps import RECORD
from conformance.checks.times import is_rfc_3339
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.access import Actor
from conformance.target.registry import FileLocation, Registry
from conformance.transport.response import describe

UNKNOWN_ID = 999_999_999
NESTED = "path/to/file.bin"
ANONYMOUS, OUTSIDER = Cell(PRIVATE, None, (404,)), Cell(PRIVATE, Actor.OUTSIDER, (404,))
UNSEEN = {
    "packages.get-private-anonymous-is-404": ("", ANONYMOUS),
    "packages.get-private-outsider-is-404": ("", OUTSIDER),
    "packages.get-private-guest-is-403": ("", Cell(PRIVATE, Actor.GUEST, (403,))),
    "packages.files-private-anonymous-is-404": ("/package_files", ANONYMOUS),
    "packages.files-private-outsider-is-404": ("/package_files", OUTSIDER),
    "packages.pipelines-private-outsider-is-404": ("/pipelines", OUTSIDER),
}
HIDDEN = {"packages.get-hidden-is-404": "", "packages.pipelines-of-hidden-are-404": "/pipelines"}
FILE_NAMES = ("b.bin", "a.bin", "c.bin")
FILE_ORDERS = {
    "packages.files-are-in-order-of-upload": ("", "bac"),
    "packages.files-sort-descending": ("sort=desc", "cab"),
    "packages.files-order-by-name": ("order_by=file_name", "abc"),
    "packages.files-order-by-creation": ("order_by=created_at&sort=desc", "cab"),
}
NOT_YET = {
    "packages.file-by-id-is-404": "/package_files/{file}/download",
    "packages.pipelines-are-404": "/pipelines",
}


@judges("packages.get-shows-the-package")
def test_get_shows_the_package(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client asks for the package whose id the record of its file names: id, name, version and type."""
    file = recorded(registry, control)
    response = registry.call("GET", f"{packages_of(registry)}/{file.package}")
    wanted = {"id": file.package, "name": file.location.package, "version": "1.0.0", "package_type": "generic"}
    found = {key: response.key(key) for key in wanted}
    holds = response.status == HTTPStatus.OK and found == wanted
    expect.that("package", holds=holds, expected=repr(wanted), actual=describe(response), response=response)


@judges("packages.get-of-another-project-is-404")
def test_get_of_another_project_is_404(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client that sees both projects asks for a package under the other project's address: 404."""
    file = recorded(registry, control)
    control(registry.call("GET", f"{packages_of(registry)}/{file.package}"), "own").status(200)
    expect(registry.call("GET", f"{packages_of_another(registry)}/{file.package}")).status(404)


@judges("packages.get-unknown-is-404")
def test_get_unknown_is_404(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client asks for a package id that nobody has: 404, where a known id is shown."""
    file = recorded(registry, control)
    control(registry.call("GET", f"{packages_of(registry)}/{file.package}"), "known").status(200)
    expect(registry.call("GET", f"{packages_of(registry)}/{UNKNOWN_ID}")).status(404)


@judges_each(HIDDEN)
def test_hidden_is_404(case: str, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A package that is shown by its id is published to as hidden: it, or a part of it, is not shown any more."""
    file = recorded(registry, control)
    path = f"{packages_of(registry)}/{file.package}{case}"
    control(registry.call("GET", path), "before").status(200)
    control(registry.publish(file.location, registry.content(), query="status=hidden"), "hidden").status(201)
    expect(registry.call("GET", path)).status(404)


@judges_each(UNSEEN)
def test_unseen(case: tuple[str, Cell], registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Somebody asks for a package, or a part of it, of a private project, which the writer is shown."""
    part, cell = case
    file = recorded(registry, control, visibility=cell.visibility)
    path = f"{packages_of(registry, cell.visibility)}/{file.package}{part}"
    control(registry.call("GET", path), "writer").status(200)
    expect(registry.call("GET", path, credential=cell.credential(registry))).status(*cell.status)


@judges("packages.delete-link-for-maintainers")
def test_delete_link_for_maintainers(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A maintainer asks for a package: the link for its deletion is the address that DELETE wants."""
    path, links = _links_for(registry, control, Actor.MAINTAINER)
    link = str(links.get("delete_api_path"))
    expect.that("link", holds=link.endswith(path), expected=f"an address that ends with {path}", actual=link)


@judges("packages.delete-link-not-for-developers")
def test_delete_link_not_for_developers(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A developer asks for a package: there is no link for its deletion, for which clients show a button."""
    _, links = _links_for(registry, control, Actor.DEVELOPER)
    control.that("web", holds="web_path" in links, expected="a web_path", actual=repr(links))
    expect.that("link", holds="delete_api_path" not in links, expected="no delete_api_path", actual=repr(links))


@judges("packages.files-show-each-file")
def test_files_show_each_file(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client lists the files of a package, as Renovate and glpkg do: one entry, of the file published."""
    file = recorded(registry, control)
    response = registry.call("GET", f"{packages_of(registry)}/{file.package}/package_files")
    (entry, *more) = entries(response) or [{}]
    wanted = {
        "id": file.id,
        "package_id": file.package,
        "file_name": "file.bin",
        "size": file.content.size,
        "file_sha256": file.content.sha256,
    }
    holds = not more and {key: entry.get(key) for key in wanted} == wanted and is_rfc_3339(entry.get("created_at"))
    expect.that("file", holds=holds, expected=f"{wanted} with created_at", actual=describe(response), response=response)


@judges("packages.files-keep-older-uploads")
def test_files_keep_older_uploads(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A file name is published twice: the list of files has both, each with its own id."""
    older = recorded(registry, control)
    newer = registry.publish(older.location, registry.content(), query=RECORD)
    control(newer, "newer").success()
    response = registry.call("GET", f"{packages_of(registry)}/{older.package}/package_files")
    expect_column(expect, response, [older.id, newer.key("id")], key="id", label="ids")


@judges_each(FILE_ORDERS)
def test_files_order(case: tuple[str, str], registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Three files are published in another order than that of their names: they are listed as was asked for."""
    query, letters = case
    package = registry.location().package
    files = [recorded(registry, control, FileLocation(package, file=name), name) for name in FILE_NAMES]
    response = registry.call("GET", f"{packages_of(registry)}/{files[0].package}/package_files", query=query)
    expect_column(expect, response, [f"{letter}.bin" for letter in letters], key="file_name")


@judges("packages.files-nested-name-is-encoded")
def test_files_nested_name_is_encoded(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A file is published under directories: the list of files has its name as the record has it, encoded."""
    file = recorded(registry, control, registry.location(NESTED))
    response = registry.call("GET", f"{packages_of(registry)}/{file.package}/package_files")
    expect_column(expect, response, ["path%2Fto%2Ffile.bin"], key="file_name")


@judges("packages.files-have-page-headers")
def test_files_have_page_headers(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client lists two files on pages of one: the headers of pages are there."""
    file = recorded(registry, control)
    control(
        registry.publish(FileLocation(file.location.package, file="other.bin"), registry.content()), "other"
    ).status(201)
    response = registry.call("GET", f"{packages_of(registry)}/{file.package}/package_files", query="per_page=1")
    wanted = {"x-total": "2", "x-total-pages": "2", "x-page": "1", "x-next-page": "2"}
    found = {name: response.header(name) for name in wanted}
    expect.that("headers", holds=found == wanted, expected=repr(wanted), actual=repr(found), response=response)


@judges("packages.files-of-another-project-is-404")
def test_files_of_another_project_is_404(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client lists the files of a package under another project's address: 404."""
    file = recorded(registry, control)
    control(registry.call("GET", f"{packages_of(registry)}/{file.package}/package_files"), "own").status(200)
    expect(registry.call("GET", f"{packages_of_another(registry)}/{file.package}/package_files")).status(404)


@judges("packages.file-downloads-by-id")
def test_file_downloads_by_id(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client downloads the older of two files of one name by its id: no other address gives it."""
    older = recorded(registry, control)
    control(registry.publish(older.location, registry.content()), "newer").status(201)
    path = f"{packages_of(registry)}/{older.package}/package_files/{older.id}/download"
    expect(registry.fetch(path)).body(older.content)


@judges_each(NOT_YET)
def test_not_yet(case: str, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client asks for what GitLab has given an address in a later version: 404, where the package is shown."""
    file = recorded(registry, control)
    package = f"{packages_of(registry)}/{file.package}"
    control(registry.call("GET", package), "package").status(200)
    expect(registry.call("GET", package + case.format(file=file.id))).status(404)


def _links_for(registry: Registry, control: Evaluator, actor: Actor) -> tuple[str, dict[str, object]]:
    """Return the address of a new package and what a role sees under _links; label "shown status", a control."""
    file = recorded(registry, control)
    path = f"{packages_of(registry)}/{file.package}"
    token = registry.access.credential(actor, registry.access.usual)
    response = registry.call("GET", path, credential=token)
    control(response, "shown").status(200)
    links = response.key("_links")
    return path, links if isinstance(links, dict) else {}
