"""Publishing: what is accepted, what the response says, and what is stored."""

from functools import partial
from http import HTTPStatus

from conformance.checks.steps import RECORD, WRITERS, all_accepted, in_parallel, shown, stored
from conformance.content.generator import GeneratedContent, LiteralContent
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.registry import FileLocation, Registry
from conformance.transport.response import Response

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
    """A client publishes: 201 and the documented message, which release-it compares word by word."""
    response = registry.publish(registry.location(), registry.content())
    expect(response).status(201)
    expect(response).key("message", lambda value: value == "201 Created", '"201 Created"')


@judges("publish.keeps-the-bytes")
def test_keeps_the_bytes(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes random bytes, so that every byte value passes, and downloads them: the same."""
    file = stored(registry, control)
    expect(registry.download(file.location)).body(file.content)


@judges("publish.accepts-an-empty-file")
def test_accepts_an_empty_file(registry: Registry, expect: Evaluator) -> None:
    """A client publishes a file of no bytes: Content-Length: 0 is a file, not the lack of one."""
    location, content = registry.location(), registry.content(0)
    expect(registry.publish(location, content), "published").status(201)
    response = registry.download(location)
    expect(response).status(200)
    expect(response).no_body()


@judges("publish.accepts-no-content-type")
def test_accepts_no_content_type(registry: Registry, expect: Evaluator) -> None:
    """A client publishes without a Content-Type, as curl -T does: the bytes that were sent download."""
    location, content = registry.location(), registry.content()
    expect(registry.publish(location, content, headers=()), "published").status(201)
    expect(registry.download(location)).body(content)


@judges_each(LABELLED_BODIES)
def test_keeps_a_labelled_body(case: tuple[str, bytes], registry: Registry, expect: Evaluator) -> None:
    """A client labels its body as something that a web framework would parse: it downloads as it was sent."""
    content_type, data = case
    location, content = registry.location(), LiteralContent(data)
    expect(registry.publish(location, content, headers=(("Content-Type", content_type),)), "published").status(201)
    expect(registry.download(location)).body(content)


@judges("publish.adds-to-the-existing-package")
def test_adds_to_the_existing_package(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes two files under one name and version: both records show the same package."""
    location = registry.location("first.bin")
    first = registry.publish(location, registry.content(), query=RECORD)
    second = registry.publish(FileLocation(location.package, file="second.bin"), registry.content(), query=RECORD)
    control(first, "first").success()
    expect(second, "second").success()
    package = first.key("package_id")
    expect(second).key("package_id", lambda value: value == package, shown(first, "package_id"))


@judges("publish.keeps-versions-apart")
def test_keeps_versions_apart(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A newer version gets a file of the same name: the older version keeps its own."""
    file = stored(registry, control)
    newer = FileLocation(file.location.package, version="2.0.0")
    control(registry.publish(newer, registry.content()), "newer").status(201)
    expect(registry.download(file.location)).body(file.content)


@judges("publish.same-name-again-is-a-new-file")
def test_same_name_again_is_a_new_file(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes a file name twice: the second record has another id than the first."""
    location = registry.location()
    first = registry.publish(location, registry.content(), query=RECORD)
    second = registry.publish(location, registry.content(), query=RECORD)
    control(first, "first").success()
    expect(second, "second").success()
    expect(second).key("id", lambda value: value != first.key("id"), f"another than {shown(first, 'id')}")


@judges("publish.accepts-status-default")
def test_accepts_status_default(registry: Registry, expect: Evaluator) -> None:
    """A client publishes with status=default, which it need not say: accepted."""
    expect(registry.publish(registry.location(), registry.content(), query="status=default")).status(201)


@judges("publish.hidden-stays-downloadable")
def test_hidden_stays_downloadable(registry: Registry, expect: Evaluator) -> None:
    """A client publishes a hidden package: hidden from lists only, it downloads."""
    location, content = registry.location(), registry.content()
    expect(registry.publish(location, content, query="status=hidden"), "published").status(201)
    expect(registry.download(location)).body(content)


@judges("publish.parallel-first-uploads-succeed")
def test_parallel_first_uploads_succeed(registry: Registry, expect: Evaluator) -> None:
    """Clients publish the first files of one package at the same moment: all are accepted.

    GitLab documents this race to create the package as one that loses uploads.
    """
    _, responses = _publish_in_parallel(registry)
    all_accepted(expect, responses)


@judges("publish.parallel-first-uploads-make-one-package")
def test_parallel_first_uploads_make_one_package(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Clients publish the first files of one package at the same moment: the records show one package id."""
    _, responses = _publish_in_parallel(registry, query=RECORD)
    packages = [str(response.key("package_id")) for response in responses if response.key("package_id") is not None]
    control.that(
        "two accepted",
        holds=len(packages) > 1,
        expected="at least two records",
        actual=f"{len(packages)}",
        response=responses[0],
    )
    actual = f"package ids {', '.join(sorted(set(packages)))}"
    expect.that(
        "one package", holds=len(set(packages)) == 1, expected="one package", actual=actual, response=responses[0]
    )


@judges("publish.parallel-uploads-stay-whole")
def test_parallel_uploads_stay_whole(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Clients publish to one package at the same moment: no accepted file has another's bytes."""
    files, responses = _publish_in_parallel(registry)
    accepted = [file for file, response in zip(files, responses, strict=True) if response.status == HTTPStatus.CREATED]
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
    """A client publishes under directories, which are part of the file name, and downloads by the same path."""
    location, content = registry.location("path/to/file.bin"), registry.content()
    expect(registry.publish(location, content), "published").status(201)
    expect(registry.download(location)).body(content)


@judges("publish.delete-on-a-file-path-deletes-nothing")
def test_delete_on_a_file_path_deletes_nothing(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Somebody sends DELETE to the address of a file: refused, and the file downloads.

    Deleting goes by the id of a package file, never by its name.
    """
    file = stored(registry, control)
    expect(registry.client.send(registry.request("DELETE", file.location)), "delete").status(404, 405)
    expect(registry.download(file.location)).body(file.content)


def _publish_in_parallel(
    registry: Registry, query: str = "status=default"
) -> tuple[list[tuple[FileLocation, GeneratedContent]], list[Response]]:
    package = registry.location().package
    files = [(FileLocation(package, file=f"file-{number}.bin"), registry.content()) for number in range(WRITERS)]
    return files, in_parallel(
        [partial(registry.publish, location, content, query=query) for location, content in files]
    )
