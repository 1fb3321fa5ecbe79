"""The newest file of a name: what downloads after a name is published again, one after the other or in parallel."""

from dataclasses import replace
from functools import partial

from conformance.checks.steps import RECORD, WRITERS, all_accepted, etag_of, in_parallel, stored
from conformance.content.generator import GeneratedContent
from conformance.judging.binding import judges
from conformance.judging.expectations import Evaluator
from conformance.target.registry import FileLocation, Registry
from conformance.transport.response import Response

ROUNDS = 8
SHORTER_BYTES = 1200


@judges("newest.upload-wins")
def test_upload_wins(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A file is published again with fewer bytes: the newer bytes download, and no end of the older."""
    file = stored(registry, control)
    newer = registry.content(SHORTER_BYTES)
    control(registry.publish(file.location, newer), "newer").status(201)
    expect(registry.download(file.location)).body(newer)


@judges("newest.head-describes-the-newest")
def test_head_describes_the_newest(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A file is published again with fewer bytes: HEAD speaks of the newer, as GET does."""
    file = stored(registry, control)
    control(registry.publish(file.location, registry.content(SHORTER_BYTES)), "newer").status(201)
    size = str(SHORTER_BYTES)
    expect(registry.head(file.location)).header("Content-Length", lambda value: value == size, size)


@judges("newest.etag-changes-with-the-file")
def test_etag_changes_with_the_file(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A cache has a file and its ETag, and the file is published again: the cache gets the newer file."""
    file = stored(registry, control)
    etag = etag_of(file, registry, control)
    newer = registry.content()
    control(registry.publish(file.location, newer), "newer").status(201)
    expect(registry.download(file.location, headers=(("If-None-Match", etag),))).body(newer)


@judges("newest.each-upload-is-visible-at-once")
def test_each_upload_is_visible_at_once(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes and downloads one name in turn: each time it gets the file just sent.

    Fast enough for several files to bear the same time.
    """
    location = registry.location()
    contents = [registry.content() for _ in range(ROUNDS)]
    rounds = [(registry.publish(location, content), registry.download(location)) for content in contents]
    all_accepted(control, [published for published, _ in rounds])
    stale = [
        downloaded
        for content, (_, downloaded) in zip(contents, rounds, strict=True)
        if downloaded.sha256 != content.sha256
    ]
    expect.that(
        "bodies",
        holds=not stale,
        expected=f"{ROUNDS} downloads of what was just published",
        actual=f"{len(stale)} of something else",
        response=(stale or [rounds[0][1]])[0],
    )


@judges("newest.other-files-are-untouched")
def test_other_files_are_untouched(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Another file of the package is published twice: this one downloads as it was."""
    file = stored(registry, control)
    other = FileLocation(file.location.package, file="other.bin")
    control(registry.publish(other, registry.content()), "other").status(201)
    control(registry.publish(other, registry.content()), "other again").status(201)
    expect(registry.download(file.location)).body(file.content)


@judges("newest.parallel-writers-never-mix")
def test_parallel_writers_never_mix(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Clients publish one name at the same moment and each downloads at once: one upload or another, whole."""
    file = stored(registry, control)
    contents = [registry.content(SHORTER_BYTES * (number + 1)) for number in range(WRITERS)]

    def write_and_read(content: GeneratedContent) -> tuple[Response, Response]:
        return registry.publish(file.location, content), registry.download(file.location)

    pairs = in_parallel([partial(write_and_read, content) for content in contents])
    downloads = [downloaded for _, downloaded in pairs]
    all_accepted(control, [published for published, _ in pairs])
    whole = {content.sha256 for content in contents}
    mixed = [downloaded for downloaded in downloads if downloaded.sha256 not in whole]
    expect.that(
        "bodies",
        holds=not mixed,
        expected="each download one of the uploads, whole",
        actual=f"{len(mixed)} of {len(downloads)} downloads are none of the uploads",
        response=(mixed or downloads)[0],
    )


@judges("newest.highest-id-wins-after-parallel-writers")
def test_highest_id_wins_after_parallel_writers(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Clients publish one name at the same moment: the record with the highest id is of the file that downloads.

    The ids tell the order in which the registry took the uploads.
    """
    location = registry.location()
    contents, responses = _write_in_parallel(registry, location, query=RECORD)
    all_accepted(control, responses)
    ids = [number for response in responses if type(number := response.key("id")) is int]
    control.that(
        "ids",
        holds=len(set(ids)) == len(responses),
        expected="a different id in every record",
        actual=", ".join(str(response.key("id")) for response in responses),
        response=responses[0],
    )
    by_id = dict(zip(ids, contents, strict=True))
    expect(registry.download(location)).body(by_id[max(by_id)])


@judges("newest.upload-wins-after-parallel-writers")
def test_upload_wins_after_parallel_writers(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Clients publish one name at the same moment, then one more does: that last upload downloads."""
    location = registry.location()
    _, responses = _write_in_parallel(registry, location)
    all_accepted(control, responses)
    last = registry.content()
    control(registry.publish(location, last), "last").status(201)
    expect(registry.download(location)).body(last)


def _write_in_parallel(
    registry: Registry, location: FileLocation, query: str = "status=default"
) -> tuple[list[GeneratedContent], list[Response]]:
    """Publish one name at the same moment, in a package that exists: GitLab documents a race of first uploads."""
    registry.publish(replace(location, file="before.bin"), registry.content())
    contents = [registry.content() for _ in range(WRITERS)]
    return contents, in_parallel([partial(registry.publish, location, content, query=query) for content in contents])
