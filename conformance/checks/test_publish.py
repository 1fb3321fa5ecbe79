"""Publishing: what is accepted, what is answered, and what is stored."""

import re
from functools import partial

from conformance.checks.steps import WRITERS, all_accepted, in_parallel, shown, stored
from conformance.checks.times import is_rfc_3339
from conformance.content.generator import GeneratedContent, LiteralContent
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.registry import FileLocation, Registry
from conformance.transport.response import Response

RECORD = "select=package_file"
RECORD_KEYS = frozenset(
    [
        "id",
        "package_id",
        "created_at",
        "updated_at",
        "size",
        "file_store",
        "file_md5",
        "file_sha1",
        "file_name",
        "file",
        "file_sha256",
        "verification_retry_at",
        "verified_at",
        "verification_failure",
        "verification_retry_count",
        "verification_checksum",
        "verification_state",
        "verification_started_at",
        "new_file_path",
    ]
)
TIMES = ("created_at", "updated_at")
TIMES_IF_ANY = ("verification_retry_at", "verified_at", "verification_started_at")
ISO_8601 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
LABELLED_BODIES = {
    "publish.keeps-a-form-labelled-body": ("application/x-www-form-urlencoded", b"status=hidden&file=a%20b+c"),
    "publish.keeps-a-json-labelled-body": ("application/json", b'{"b": 1,\n "a":  [] }'),
    "publish.keeps-a-multipart-body": (
        "multipart/form-data; boundary=edge",
        b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\ninside\r\n--edge--\r\n',
    ),
}


@judges("publish.answers-created")
def test_answers_created(registry: Registry, expect: Evaluator) -> None:
    """The documented answer, which release-it compares word by word."""
    response = registry.publish(registry.location(), registry.content())
    expect(response).status(201)
    expect(response).key("message", lambda value: value == "201 Created", '"201 Created"')


@judges("publish.keeps-the-bytes")
def test_keeps_the_bytes(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Random bytes, so that every byte value passes."""
    file = stored(registry, control)
    expect(registry.download(file.location)).body(file.content)


@judges("publish.accepts-an-empty-file")
def test_accepts_an_empty_file(registry: Registry, expect: Evaluator) -> None:
    """Content-Length: 0 is a file, not the lack of one."""
    location, content = registry.location(), registry.content(0)
    expect(registry.publish(location, content), "published").status(201)
    response = registry.download(location)
    expect(response).status(200)
    expect(response).no_body()


@judges("publish.accepts-no-content-type")
def test_accepts_no_content_type(registry: Registry, expect: Evaluator) -> None:
    """The other checks label their bodies application/octet-stream."""
    location, content = registry.location(), registry.content()
    expect(registry.publish(location, content, headers=()), "published").status(201)
    expect(registry.download(location)).body(content)


@judges_each(LABELLED_BODIES)
def test_keeps_a_labelled_body(case: tuple[str, bytes], registry: Registry, expect: Evaluator) -> None:
    """A body that a web framework would parse comes back as it was sent."""
    content_type, data = case
    location, content = registry.location(), LiteralContent(data)
    expect(registry.publish(location, content, headers=(("Content-Type", content_type),)), "published").status(201)
    expect(registry.download(location)).body(content)


@judges("publish.adds-to-the-existing-package")
def test_adds_to_the_existing_package(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Both records show the same package."""
    location = registry.location("first.bin")
    first = registry.publish(location, registry.content(), query=RECORD)
    second = registry.publish(FileLocation(location.package, file="second.bin"), registry.content(), query=RECORD)
    control(first, "first").success()
    expect(second, "second").success()
    package = first.key("package_id")
    expect(second).key("package_id", lambda value: value == package, shown(first, "package_id"))


@judges("publish.keeps-versions-apart")
def test_keeps_versions_apart(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """The older version keeps its file when the newer one gets another of the same name."""
    file = stored(registry, control)
    newer = FileLocation(file.location.package, version="2.0.0")
    control(registry.publish(newer, registry.content()), "newer").status(201)
    expect(registry.download(file.location)).body(file.content)


@judges("publish.same-name-again-is-a-new-file")
def test_same_name_again_is_a_new_file(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """The second record has another id than the first."""
    location = registry.location()
    first = registry.publish(location, registry.content(), query=RECORD)
    second = registry.publish(location, registry.content(), query=RECORD)
    control(first, "first").success()
    expect(second, "second").success()
    expect(second).key("id", lambda value: value != first.key("id"), f"another than {shown(first, 'id')}")


@judges("publish.accepts-status-default")
def test_accepts_status_default(registry: Registry, expect: Evaluator) -> None:
    """The default, said aloud."""
    expect(registry.publish(registry.location(), registry.content(), query="status=default")).status(201)


@judges("publish.hidden-stays-downloadable")
def test_hidden_stays_downloadable(registry: Registry, expect: Evaluator) -> None:
    """Hidden is hidden from lists only."""
    location, content = registry.location(), registry.content()
    expect(registry.publish(location, content, query="status=hidden"), "published").status(201)
    expect(registry.download(location)).body(content)


@judges("publish.record-on-select")
def test_record_on_select(registry: Registry, expect: Evaluator) -> None:
    """The record tells of the file that was just sent."""
    location, content = registry.location("recorded.bin"), registry.content()
    response = registry.publish(location, content, query=RECORD)
    expect(response).success()
    expect(response).key("file_name", lambda value: value == "recorded.bin", "'recorded.bin'")
    expect(response).key("size", lambda value: value == content.size, f"{content.size}")
    expect(response).key("file_sha256", lambda value: value == content.sha256, f"'{content.sha256}'")


@judges("publish.record-status-is-200")
def test_record_status_is_200(registry: Registry, expect: Evaluator) -> None:
    """GitLab's own tests expect 200; clients take any 2xx."""
    expect(registry.publish(registry.location(), registry.content(), query=RECORD)).status(200)


@judges("publish.record-has-every-key")
def test_record_has_every_key(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Keys whose value is null are there too."""
    response = _recorded(registry, control)
    document = response.json()
    missing = sorted(RECORD_KEYS - set(document)) if isinstance(document, dict) else sorted(RECORD_KEYS)
    expect.that(
        "keys", holds=not missing, expected="every key", actual=f"without {', '.join(missing)}", response=response
    )


@judges("publish.record-types-are-strict")
def test_record_types_are_strict(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """What a Go client decodes into int, string and time.Time without a detour; true is no number."""
    response = _recorded(registry, control)
    file = response.key("file")
    values = {
        **{name: type(response.key(name)) is int for name in ("id", "package_id", "size")},
        **{name: isinstance(response.key(name), str) for name in ("file_name", "file_sha256")},
        **{name: is_rfc_3339(response.key(name)) for name in TIMES},
        "file.url": isinstance(file, dict) and isinstance(file.get("url"), str),
    }
    wrong = [name for name, right in values.items() if not right]
    actual = f"{', '.join(wrong)} of another type"
    expect.that("types", holds=not wrong, expected="the documented types", actual=actual, response=response)


@judges("publish.record-times-are-iso-8601")
def test_record_times_are_iso_8601(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Those of a verification may be null instead."""
    response = _recorded(registry, control)
    shown_times = (*TIMES, *(name for name in TIMES_IF_ANY if response.key(name) is not None))
    odd = [name for name in shown_times if not ISO_8601.fullmatch(str(response.key(name)))]
    actual = ", ".join(f"{name} {response.key(name)!r}" for name in odd)
    expect.that(
        "times", holds=not odd, expected="times such as 2021-10-12T12:05:23.387Z", actual=actual, response=response
    )


@judges("publish.record-url-is-stable")
def test_record_url_is_stable(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A path alone: a signed URL would expire in the reader's hand."""
    response = _recorded(registry, control)
    expect(response).key("file", _is_plain_path, "a url that is a path without a query")


@judges("publish.parallel-first-uploads-succeed")
def test_parallel_first_uploads_succeed(registry: Registry, expect: Evaluator) -> None:
    """The race to create the package, which GitLab documents as losing uploads."""
    _, responses = _publish_in_parallel(registry)
    all_accepted(expect, responses)


@judges("publish.parallel-first-uploads-make-one-package")
def test_parallel_first_uploads_make_one_package(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """The records of all accepted uploads show one package id."""
    _, responses = _publish_in_parallel(registry, query=RECORD)
    packages = [response.key("package_id") for response in responses if response.key("package_id") is not None]
    control.that(
        "two accepted",
        holds=len(packages) > 1,
        expected="at least two records",
        actual=f"{len(packages)}",
        response=responses[0],
    )
    actual = f"package ids {', '.join(sorted({str(package) for package in packages}))}"
    expect.that(
        "one package", holds=len(set(packages)) == 1, expected="one package", actual=actual, response=responses[0]
    )


@judges("publish.parallel-uploads-stay-whole")
def test_parallel_uploads_stay_whole(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """No accepted upload has another's bytes."""
    files, responses = _publish_in_parallel(registry)
    accepted = [file for file, response in zip(files, responses, strict=True) if response.status == 201]  # noqa: PLR2004 - Created
    control.that("one accepted", holds=bool(accepted), expected="one 201", actual="none", response=responses[0])
    downloads = in_parallel([partial(registry.download, location) for location, _ in accepted])
    mixed = [
        response
        for (_, content), response in zip(accepted, downloads, strict=True)
        if response.sha256 != content.sha256
    ]
    expect.that(
        "bodies",
        holds=not mixed,
        expected=f"{len(accepted)} files as sent",
        actual=f"{len(mixed)} differ",
        response=(mixed or downloads)[0],
    )


@judges("publish.nested-directories")
def test_nested_directories(registry: Registry, expect: Evaluator) -> None:
    """Directories before the file name are part of it."""
    location, content = registry.location("path/to/file.bin"), registry.content()
    expect(registry.publish(location, content), "published").status(201)
    expect(registry.download(location)).body(content)


@judges("publish.nested-record-name-is-encoded")
def test_nested_record_name_is_encoded(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """As GitLab's own tests find it in the database."""
    response = registry.publish(registry.location("path/to/file.bin"), registry.content(), query=RECORD)
    control(response, "published").success()
    expect(response).key("file_name", lambda value: value == "path%2Fto%2Ffile.bin", "'path%2Fto%2Ffile.bin'")


@judges("publish.delete-on-a-file-path-deletes-nothing")
def test_delete_on_a_file_path_deletes_nothing(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Deleting goes by package file id, never by name."""
    file = stored(registry, control)
    expect(registry.client.send(registry.request("DELETE", file.location)), "delete").status(404, 405)
    expect(registry.download(file.location)).body(file.content)


def _recorded(registry: Registry, control: Evaluator) -> Response:
    response = registry.publish(registry.location(), registry.content(), query=RECORD)
    control(response, "published").success()
    return response


def _publish_in_parallel(
    registry: Registry, query: str = "status=default"
) -> tuple[list[tuple[FileLocation, GeneratedContent]], list[Response]]:
    package = registry.location().package
    files = [(FileLocation(package, file=f"file-{number}.bin"), registry.content()) for number in range(WRITERS)]
    return files, in_parallel(
        [partial(registry.publish, location, content, query=query) for location, content in files]
    )


def _is_plain_path(value: object) -> bool:
    url = value.get("url") if isinstance(value, dict) else None
    return isinstance(url, str) and url.startswith("/") and "?" not in url
