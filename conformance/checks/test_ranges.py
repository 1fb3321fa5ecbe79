"""Ranges: parts of a file, and files that a client has already."""

from conformance.checks.steps import etag_of, expect_no_body, followed, stored
from conformance.content.generator import LiteralContent
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.registry import Registry

RANGES = {
    "download.range-of-bytes": ("bytes=100-299", 100, 300),
    "download.range-to-the-end": ("bytes=2500-", 2500, 3000),
    "download.range-of-the-last-bytes": ("bytes=-400", 2600, 3000),
}


@judges_each(RANGES)
def test_range(case: tuple[str, int, int], registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client asks for a part of a file: Content-Range says which bytes come, and they are those."""
    asked, start, end = case
    file = stored(registry, control)
    response = registry.download(file.location, headers=(("Range", asked),))
    named = f"bytes {start}-{end - 1}/{file.content.size}"
    expect(response).status(206)
    expect(response).header("Content-Range", lambda value: _says(value, named), named)
    expect(response).body(LiteralContent(file.content.part(start, end)))


@judges("download.range-beyond-the-end-is-416")
def test_range_beyond_the_end_is_416(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client that has the whole file resumes: 416, and the size in it says that nothing is missing."""
    file = stored(registry, control)
    response = registry.download(file.location, headers=(("Range", f"bytes={file.content.size}-"),))
    named = f"bytes */{file.content.size}"
    expect(response).status(416)
    expect(response).header("Content-Range", lambda value: value == named, named)


def _says(value: str, named: str) -> bool:
    """Return whether Content-Range names a range: the unit is case-insensitive, the whole length may be an asterisk."""
    return value.lower() in {named, f"{named.partition('/')[0]}/*"}


@judges("download.range-of-a-changed-file-is-whole")
def test_range_of_a_changed_file_is_whole(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client resumes a file that has changed since: it gets the whole file, not the halves of two."""
    file = stored(registry, control)
    headers = (("Range", "bytes=100-"), ("If-Range", '"of-another-file"'))
    expect(registry.download(file.location, headers=headers)).body(file.content)


@judges("download.unchanged-is-304")
def test_unchanged_is_304(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A cache asks with the ETag that it was given, and then for the file over the same connection.

    A body after 304 would be taken for the response that follows.
    """
    file = stored(registry, control)
    etag = etag_of(file, registry, control)
    asked = registry.request("GET", file.location, headers=(("If-None-Match", etag),))
    response, following = followed(registry, asked, file.location)
    expect(response).status(304)
    expect_no_body(file, response, following, expect)
