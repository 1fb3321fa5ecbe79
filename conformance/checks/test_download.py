"""Downloading: headers, absent files and HEAD."""

from collections.abc import Callable
from http import HTTPStatus

from conformance.checks.steps import expect_no_body, followed, stored
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.redirects import REDIRECTS
from conformance.target.registry import FileLocation, Registry
from conformance.transport.address import split_url
from conformance.transport.request import Request
from conformance.transport.response import describe

STRANGERS: dict[str, Callable[[FileLocation], FileLocation]] = {
    "download.unknown-file-is-404": lambda known: FileLocation(known.package, known.version, "absent.bin"),
    "download.unknown-version-is-404": lambda known: FileLocation(known.package, "9.9.9", known.file),
    "download.unknown-package-is-404": lambda known: FileLocation(f"{known.package}-absent", known.version, known.file),
}
ARCHIVES = {
    "download.archive-is-octet-stream": "application/octet-stream",
    "download.archive-is-gzip": "application/gzip",
}
ABSENT_PROJECT = "2147483646"


@judges("download.is-octet-stream")
def test_is_octet_stream(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Somebody publishes a page as text/html: it downloads as a file, so that no browser shows it."""
    file = stored(registry, control, registry.location("page.html"), headers=(("Content-Type", "text/html"),))
    expect(registry.own_download(file.location)).header(
        "Content-Type",
        lambda value: value.split(";")[0].strip().lower() == "application/octet-stream",
        "application/octet-stream",
    )


@judges_each(ARCHIVES)
def test_archive_type(case: str, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Somebody publishes an archive without saying what it is: its download has the type that GitLab gives it."""
    file = stored(registry, control, registry.location("archive.tar.gz"))
    expect(registry.own_download(file.location)).header(
        "Content-Type", lambda value: value.split(";")[0].strip().lower() == case, case
    )


@judges("download.declares-its-length")
def test_declares_its_length(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client downloads: Content-Length is the size, where progress bars and parallel downloaders start."""
    file = stored(registry, control)
    size = str(file.content.size)
    expect(registry.download(file.location)).header("Content-Length", lambda value: value == size, size)


@judges_each(STRANGERS)
def test_unknown_is_404(
    case: Callable[[FileLocation], FileLocation], registry: Registry, expect: Evaluator, control: Evaluator
) -> None:
    """A client asks for a file of which one part of the address, and no other, is wrong: 404."""
    file = stored(registry, control)
    control(registry.download(file.location), "known").status(200)
    expect(registry.download(case(file.location))).status(404)


@judges("download.unknown-project-is-404")
def test_unknown_project_is_404(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client asks for a file under a project id that nobody has: 404."""
    file = stored(registry, control)
    known = registry.request("GET", file.location)
    project = registry.access.project(registry.access.usual)
    target = known.target.replace(f"/projects/{project.id}/", f"/projects/{ABSENT_PROJECT}/")
    control(registry.followed(known), "known").status(200)
    expect(registry.client.send(Request("GET", target, known.headers))).status(404)


@judges("download.names-the-file")
def test_names_the_file(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A browser downloads: it is told to save the file under its name, never to show it."""
    file = stored(registry, control, registry.location("named.bin"))
    expect(registry.download(file.location)).header(
        "Content-Disposition",
        lambda value: value.lower().startswith("attachment") and "named.bin" in value,
        'attachment; filename="named.bin"',
    )


@judges("download.checksum-header")
def test_checksum_header(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client downloads and compares: the header has the SHA-256 of the very bytes that were published."""
    file = stored(registry, control)
    digest = file.content.sha256
    expect(registry.own_download(file.location)).header("X-Checksum-SHA256", lambda value: value == digest, digest)


@judges("download.head-describes-the-file")
def test_head_describes_the_file(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client asks for HEAD to learn existence and size, and then for the file over the same connection.

    A body after HEAD would be taken for the response that follows.
    """
    file = stored(registry, control)
    response, following = followed(registry, registry.request("HEAD", file.location), file.location)
    size = str(file.content.size)
    expect(response).status(200)
    expect(response).header("Content-Length", lambda value: value == size, size)
    expect_no_body(file, response, following, expect)


@judges("download.head-of-unknown-is-404")
def test_head_of_unknown_is_404(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client asks for HEAD to tell an absent file from one that is there: 404."""
    file = stored(registry, control)
    control(registry.head(file.location), "known").status(200)
    expect(registry.head(FileLocation(file.location.package, file="absent.bin"))).status(404)


@judges("download.stays-on-the-host")
def test_stays_on_the_host(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client that carries its token along redirects downloads: it is sent to no other host.

    Asked without following; other checks follow, and send no credential to another host.
    """
    file = stored(registry, control)
    response = registry.client.send(registry.request("GET", file.location))
    location = response.header("location") or ""
    parts = split_url(location)
    control.that(
        "answered",
        holds=response.status == HTTPStatus.OK or (response.status in REDIRECTS and bool(parts and location)),
        expected="200 or a redirect",
        actual=describe(response),
        response=response,
    )
    expect.that(
        "host",
        holds=parts is not None and parts.netloc in ("", registry.client.address.authority),
        expected=f"no redirect away from {registry.client.address.authority}",
        actual=location or "no redirect",
        response=response,
    )
