"""Downloading: headers, absent files, HEAD, ranges and conditions."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from conformance.checks.steps import expect_no_body, followed, stored
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Judge
from conformance.target.access import Visibility
from conformance.target.registry import REDIRECTS, Place, Registry
from conformance.transport.answer import described
from conformance.transport.request import Request

STRANGERS: dict[str, Callable[[Place], Place]] = {
    "download.unknown-file-is-404": lambda known: Place(known.package, known.version, "absent.bin"),
    "download.unknown-version-is-404": lambda known: Place(known.package, "9.9.9", known.file),
    "download.unknown-package-is-404": lambda known: Place(f"{known.package}-absent", known.version, known.file),
}
ABSENT_PROJECT = "2147483646"


@judges("download.is-octet-stream")
def test_is_octet_stream(registry: Registry, expect: Judge, control: Judge) -> None:
    """A page that was uploaded as one must not come back as one."""
    file = stored(registry, control, registry.place("page.html"), headers=(("Content-Type", "text/html"),))
    expect(registry.download(file.place)).header(
        "Content-Type",
        lambda value: value.split(";")[0].strip() == "application/octet-stream",
        "application/octet-stream",
    )


@judges("download.declares-its-length")
def test_declares_its_length(registry: Registry, expect: Judge, control: Judge) -> None:
    """Progress bars and parallel downloaders start from it."""
    file = stored(registry, control)
    size = str(file.content.size)
    expect(registry.download(file.place)).header("Content-Length", lambda value: value == size, size)


@judges_each(STRANGERS)
def test_unknown_is_404(case: Callable[[Place], Place], registry: Registry, expect: Judge, control: Judge) -> None:
    """One part of the place departs from a file that is there."""
    file = stored(registry, control)
    control(registry.download(file.place), "known").status(200)
    expect(registry.download(case(file.place))).status(404)


@judges("download.unknown-project-is-404")
def test_unknown_project_is_404(registry: Registry, expect: Judge, control: Judge) -> None:
    """The same file under a project id that nobody has."""
    file = stored(registry, control)
    known = registry.request("GET", file.place)
    project = registry.access.project(Visibility.PUBLIC)
    target = known.target.replace(f"/projects/{project.id}/", f"/projects/{ABSENT_PROJECT}/")
    control(registry.client.ask(known), "known").status(200)
    expect(registry.client.ask(Request("GET", target, known.headers))).status(404)


@judges("download.names-the-file")
def test_names_the_file(registry: Registry, expect: Judge, control: Judge) -> None:
    """A browser saves the file under its name and never shows it."""
    file = stored(registry, control, registry.place("named.bin"))
    expect(registry.download(file.place)).header(
        "Content-Disposition",
        lambda value: value.startswith("attachment") and "named.bin" in value,
        'attachment; filename="named.bin"',
    )


@judges("download.checksum-header")
def test_checksum_header(registry: Registry, expect: Judge, control: Judge) -> None:
    """The digest of the very bytes."""
    file = stored(registry, control)
    digest = file.content.sha256
    expect(registry.download(file.place)).header("X-Checksum-SHA256", lambda value: value == digest, digest)


@judges("download.head-describes-the-file")
def test_head_describes_the_file(registry: Registry, expect: Judge, control: Judge) -> None:
    """Existence and size without the bytes: a body would be taken for the answer that follows."""
    file = stored(registry, control)
    answer, following = followed(registry, registry.request("HEAD", file.place), file.place)
    size = str(file.content.size)
    expect(answer).status(200)
    expect(answer).header("Content-Length", lambda value: value == size, size)
    expect_no_body(file, answer, following, expect)


@judges("download.head-of-unknown-is-404")
def test_head_of_unknown_is_404(registry: Registry, expect: Judge, control: Judge) -> None:
    """HEAD tells an absent file from one that is there."""
    file = stored(registry, control)
    control(registry.head(file.place), "known").status(200)
    expect(registry.head(Place(file.place.package, file="absent.bin"))).status(404)


@judges("download.stays-on-the-host")
def test_stays_on_the_host(registry: Registry, expect: Judge, control: Judge) -> None:
    """Asked without following; other checks follow, and send no credential to another host."""
    file = stored(registry, control)
    answer = registry.client.ask(registry.request("GET", file.place))
    location = answer.header("location") or ""
    authority = urlsplit(location).netloc
    control.that(
        "answered",
        holds=answer.status == HTTPStatus.OK or (answer.status in REDIRECTS and location != ""),
        expected="200 or a redirect",
        actual=described(answer),
        answer=answer,
    )
    expect.that(
        "host",
        holds=authority in ("", registry.client.address.authority),
        expected=f"no redirect away from {registry.client.address.authority}",
        actual=location or "no redirect",
        answer=answer,
    )
