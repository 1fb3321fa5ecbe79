"""What partial and conditional answers say: ranges, sizes, and whether a condition holds."""

from http import HTTPStatus

from conformance.checks.claims import UNSATISFIED_RANGE, untrue_parts
from conformance.checks.steps import stored
from conformance.checks.truths import expect_none, expect_to_follow, is_strong
from conformance.content.generator import LiteralContent
from conformance.judging.binding import judges
from conformance.judging.expectations import Evaluator
from conformance.target.registry import FileLocation, PublishedFile, Registry
from conformance.transport.request import Headers
from conformance.transport.response import Response

TEXT_BYTES = 3000
FROM_THE_START = ("bytes=0-0", "bytes=100-299", "bytes=2500-", "bytes=2900-9999")
RANGES = (*FROM_THE_START, "bytes=-400", "bytes=-9999")
SEVERAL = ("bytes=0-9,1000-1999", "bytes=0-99,50-149,-10", "bytes=2999-2999,0-0")
OTHER_ETAG = '"of-another-file"'
LONG_AGO = "Thu, 01 Jan 1970 00:00:00 GMT"
LONG_HENCE = "Fri, 31 Dec 2100 23:59:59 GMT"
MISMATCHES: tuple[Headers, ...] = (
    (("If-None-Match", OTHER_ETAG),),
    (("If-Modified-Since", LONG_AGO),),
)


@judges("truth.partial-content-is-the-range-it-names")
def test_partial_content_is_the_range_it_names(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client asks for parts in every form of a range: what comes is what Content-Range says, or the whole file."""
    _expect_true_parts(registry, RANGES, expect, control)


@judges("truth.several-ranges-are-the-parts-they-name")
def test_several_ranges_are_the_parts_they_name(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client asks for several parts at once: each that comes is what its Content-Range says."""
    _expect_true_parts(registry, SEVERAL, expect, control)


@judges("truth.satisfiable-range-is-no-416")
def test_satisfiable_range_is_no_416(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client asks for ranges of which the file has at least a byte: none is beyond its end.

    Not for its last bytes: one object store behind GitLab is not known to answer that.
    """
    location, _ = _stored_text(registry, control)
    asked = {asked: registry.download(location, headers=(("Range", asked),)) for asked in FROM_THE_START}
    refused = [name for name, each in asked.items() if each.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE]
    expect_none(expect, "statuses", refused, "no 416", asked[refused[0] if refused else FROM_THE_START[0]])


@judges("truth.unsatisfiable-names-the-size")
def test_unsatisfiable_names_the_size(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client that has the whole file asks for more: where 416 names a size, it is that of the file."""
    location, content = _stored_text(registry, control)
    response = registry.download(location, headers=(("Range", f"bytes={content.size}-"),))
    named = response.header("content-range")
    is_416 = response.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    match = UNSATISFIED_RANGE.fullmatch(named or "")
    expect.that(
        "size",
        holds=not is_416 or named is None or (match is not None and int(match[1]) == content.size),
        expected=f"bytes */{content.size} or no Content-Range",
        actual=str(named),
        response=response,
    )


@judges("truth.failed-if-range-is-no-part")
def test_failed_if_range_is_no_part(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client resumes a file that has changed since: whatever it gets is no part, which would not fit."""
    file = stored(registry, control)
    headers = (("Range", "bytes=100-"), ("If-Range", OTHER_ETAG))
    response = registry.download(file.location, headers=headers)
    expect_none(expect, "status", _with(HTTPStatus.PARTIAL_CONTENT, response), "no 206", response)


@judges("truth.not-modified-only-for-a-match")
def test_not_modified_only_for_a_match(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A cache asks with validators of another file: it is never told that its copy is the newest."""
    file = stored(registry, control)
    responses = [registry.download(file.location, headers=headers) for headers in MISMATCHES]
    false = [f"304 to {headers}" for headers, each in zip(MISMATCHES, responses, strict=True) if _is_unchanged(each)]
    shown = next(filter(_is_unchanged, responses), responses[0])
    expect_none(expect, "statuses", false, "no 304", shown)


@judges("truth.not-modified-has-no-body")
def test_not_modified_has_no_body(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A cache asks with the validators that it was given, then for the file over the same connection: that comes."""
    file = stored(registry, control)
    asked = registry.request("GET", file.location, headers=_match(registry, file))
    expect_to_follow(registry, asked, file, expect)


@judges("truth.not-modified-keeps-the-etag")
def test_not_modified_keeps_the_etag(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A cache asks with the ETag that it was given: 304 says for which one it is."""
    file = stored(registry, control)
    plain = registry.client.send(registry.request("GET", file.location))
    response = registry.client.send(registry.request("GET", file.location, headers=_match(registry, file)))
    found = plain.header("etag"), response.header("etag")
    expect.that(
        "etag",
        holds=not _is_unchanged(response) or plain.status is None or found[0] == found[1],
        expected=f"{found[0]}",
        actual=f"{found[1]}",
        response=response,
    )


@judges("truth.precondition-fails-only-where-it-does")
def test_precondition_fails_only_where_it_does(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client asks under conditions that hold: none is said to have failed."""
    file = stored(registry, control)
    etag = registry.client.send(registry.request("GET", file.location)).header("etag")
    conditions: list[Headers] = [(("If-Unmodified-Since", LONG_HENCE),)]
    conditions += [(("If-Match", etag),)] if is_strong(etag) else []
    responses = [registry.client.send(registry.request("GET", file.location, headers=each)) for each in conditions]
    failed = [one for each in responses for one in _with(HTTPStatus.PRECONDITION_FAILED, each)]
    shown = next((each for each in responses if each.status == HTTPStatus.PRECONDITION_FAILED), responses[0])
    expect_none(expect, "statuses", failed, "no 412", shown)


def _expect_true_parts(registry: Registry, ranges: tuple[str, ...], expect: Evaluator, control: Evaluator) -> None:
    """Label "parts"."""
    location, content = _stored_text(registry, control)
    responses = {asked: registry.download(location, headers=(("Range", asked),)) for asked in ranges}
    untrue = {asked: untrue_parts(each, content) for asked, each in responses.items()}
    wrong = [asked for asked, found in untrue.items() if found]
    shown = [f"{asked}: {'; '.join(untrue[asked])}" for asked in wrong]
    expect_none(expect, "parts", shown, "what Content-Range names", responses[(wrong or ranges)[0]])


def _stored_text(registry: Registry, control: Evaluator) -> tuple[FileLocation, LiteralContent]:
    """Publish a text, of which no part is like another, and see that it downloads; labels "published" and "known"."""
    location = registry.location("text.bin")
    lines = "".join(f"{location.package} {number}\n" for number in range(TEXT_BYTES))
    content = LiteralContent(lines.encode()[:TEXT_BYTES])
    control(registry.publish(location, content), "published").status(201)
    control(registry.download(location), "known").status(200)
    return location, content


def _match(registry: Registry, file: PublishedFile) -> Headers:
    """Return the header that asks whether a file has changed, by its ETag where it has one."""
    plain = registry.client.send(registry.request("GET", file.location))
    etag, modified = plain.header("etag"), plain.header("last-modified")
    if etag is not None:
        return (("If-None-Match", etag),)
    return (("If-Modified-Since", modified or LONG_HENCE),)


def _is_unchanged(response: Response) -> bool:
    return response.status == HTTPStatus.NOT_MODIFIED


def _with(status: HTTPStatus, response: Response) -> list[str]:
    return [f"{status.value} in exchange {response.number}"] if response.status == status else []
