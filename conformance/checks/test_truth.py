"""What a download says of itself: its length, framing, coding, digests and validators."""

from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from conformance.checks.claims import all_of, decoded, untrue_checksums, untrue_digests
from conformance.checks.packages_api import packages_of, recorded
from conformance.checks.steps import stored
from conformance.checks.truths import expect_none, expect_to_follow, is_strong
from conformance.judging.binding import judges
from conformance.judging.expectations import Evaluator
from conformance.target.redirects import REDIRECTS
from conformance.target.registry import Registry
from conformance.transport.exchange import ResponseRecord
from conformance.transport.request import Request

CODED = (("Accept-Encoding", "gzip, deflate"),)
UNCODED = (("Accept-Encoding", "identity"),)
BODY_HEADERS = {"content-length", "transfer-encoding"}

# GitLab hands on Last-Modified of a store on another machine, and its own Date.
BETWEEN_CLOCKS = timedelta(minutes=1)


@judges("truth.length-is-that-of-the-body")
def test_length_is_that_of_the_body(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client downloads twice over one connection: the second answer begins where the first said it ends."""
    file = stored(registry, control)
    expect_to_follow(registry, registry.request("GET", file.location), file, expect)


@judges("truth.head-length-is-that-of-get")
def test_head_length_is_that_of_get(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client reserves the room that HEAD names, and downloads: it has as many bytes as it was told."""
    file = stored(registry, control)
    response = registry.client.send(registry.request("GET", file.location))
    control(response, "downloaded").status(HTTPStatus.OK, *REDIRECTS)
    head = registry.head(file.location)
    length = head.header("content-length")
    alike = head.status == response.status == HTTPStatus.OK
    expect.that(
        "length",
        holds=not alike or length in (None, str(response.size)),
        expected=f"{response.size} or no Content-Length",
        actual=str(length),
        response=head,
    )


@judges("truth.head-has-no-body")
def test_head_has_no_body(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client asks for HEAD and then for the file over the same connection: the answer to GET is what comes."""
    file = stored(registry, control)
    expect_to_follow(registry, registry.request("HEAD", file.location), file, expect)


@judges("truth.no-content-has-no-body")
def test_no_content_has_no_body(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client deletes a package and then downloads a file over the same connection: the file is what comes."""
    doomed, file = recorded(registry, control), stored(registry, control)
    plain = registry.request("GET", file.location)
    target = f"{plain.target.partition('/packages/generic/')[0]}/packages/{doomed.package}"
    expect_to_follow(registry, Request("DELETE", target, plain.headers), file, expect)


@judges("truth.no-content-declares-no-body")
def test_no_content_declares_no_body(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A package is deleted, and everything that the run was answered is looked through: 204 declares no body."""
    doomed = recorded(registry, control)
    response = registry.call("DELETE", f"{packages_of(registry)}/{doomed.package}")
    control(response, "deleted").success()
    found = _answered(
        registry, lambda answer: answer.status == HTTPStatus.NO_CONTENT and not BODY_HEADERS.isdisjoint(_names(answer))
    )
    expect_none(expect, "204", found, "no Content-Length and no Transfer-Encoding", response)


@judges("truth.one-framing")
def test_one_framing(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A list and a file are read, and everything that the run was answered is looked through: one framing each."""
    file = stored(registry, control)
    response = registry.download(file.location)
    control(response, "downloaded").status(200)
    found = _answered(registry, lambda answer: _names(answer) >= BODY_HEADERS)
    expect_none(expect, "framing", found, "Content-Length or Transfer-Encoding, not both", response)


@judges("truth.coding-decodes-to-the-file")
def test_coding_decodes_to_the_file(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client that takes codings downloads and decodes: it has the file, and X-Checksum headers are the file's."""
    file = stored(registry, control)
    response = registry.download(file.location, headers=CODED)
    control(response, "downloaded").status(200)
    coding = response.header("content-encoding")
    expect.that(
        "decoded",
        holds=coding is None or decoded(response) == all_of(file.content),
        expected="the file under a coding that was asked for, or without any",
        actual=f"Content-Encoding {coding}",
        response=response,
    )
    untrue = untrue_checksums(response, file.content)
    expect_none(expect, "checksums", untrue, "the checksums of the file", response)


@judges("truth.identity-is-uncoded")
def test_identity_is_uncoded(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client that takes no coding downloads: there is none."""
    file = stored(registry, control)
    response = registry.download(file.location, headers=UNCODED)
    control(response, "downloaded").status(200)
    coding = response.header("content-encoding") or "identity"
    expect.that("coding", holds=coding == "identity", expected="no coding", actual=coding, response=response)


@judges("truth.digests-are-of-the-file")
def test_digests_are_of_the_file(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client downloads and compares whatever digest it is given, also by HEAD: each is that of the file."""
    file = stored(registry, control)
    response = registry.download(file.location, headers=UNCODED)
    control(response, "downloaded").status(200)
    untrue = untrue_checksums(response, file.content) + untrue_digests(response, file.content)
    expect_none(expect, "of GET", untrue, "digests of the file", response)
    head = registry.head(file.location, headers=UNCODED)
    untrue = untrue_checksums(head, file.content) if head.status == HTTPStatus.OK else []
    expect_none(expect, "of HEAD", untrue, "checksums of the file", head)


@judges("truth.strong-etag-changes-with-the-bytes")
def test_strong_etag_changes_with_the_bytes(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A file is published again with other bytes of the same length: its strong ETag is another."""
    file = stored(registry, control)
    first = registry.download(file.location).header("etag")
    control(registry.publish(file.location, registry.content()), "newer").status(201)
    response = registry.download(file.location)
    control(response, "downloaded").status(200)
    second = response.header("etag")
    expect.that(
        "etag",
        holds=second != first or not is_strong(second),
        expected="another ETag, a weak one, or none",
        actual=f"{second} again",
        response=response,
    )


@judges("truth.etag-of-head-is-that-of-get")
def test_etag_of_head_is_that_of_get(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client compares the ETags that GET, GET and HEAD give for one file: no two strong ones differ."""
    file = stored(registry, control)
    plain = registry.request("GET", file.location)
    responses = [registry.client.send(plain), registry.client.send(plain), registry.head(file.location)]
    control(responses[0], "downloaded").status(HTTPStatus.OK, *REDIRECTS)
    found = [each.header("etag") for each in responses if each.status == HTTPStatus.OK]
    strong = {etag for etag in found if is_strong(etag)}
    expect.that("etag", holds=len(strong) <= 1, expected="one", actual=" ".join(sorted(strong)), response=responses[-1])


@judges("truth.last-modified-is-past")
def test_last_modified_is_past(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client keeps Last-Modified to ask with it again: it is a date, and not after the answer itself."""
    file = stored(registry, control)
    response = registry.download(file.location)
    control(response, "downloaded").status(200)
    modified, date = response.header("last-modified"), response.header("date")
    expect.that(
        "last-modified",
        holds=modified is None or _is_past(modified, date),
        expected=f"a date, not after {date}",
        actual=str(modified),
        response=response,
    )


@judges("truth.last-modified-is-stable")
def test_last_modified_is_stable(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client downloads an unchanged file twice: it was not modified in between."""
    file = stored(registry, control)
    first, second = registry.download(file.location), registry.download(file.location)
    control(second, "downloaded").status(200)
    found = first.header("last-modified"), second.header("last-modified")
    expect.that(
        "last-modified", holds=found[0] == found[1], expected="twice the same", actual=repr(found), response=second
    )


def _answered(registry: Registry, chosen: Callable[[ResponseRecord], bool]) -> list[str]:
    """Name every exchange of the run whose answer is one of the chosen."""
    return [f"exchange {one.number}" for one in registry.exchanges if one.response and chosen(one.response)]


def _names(response: ResponseRecord) -> set[str]:
    return {name.lower() for name, _ in response.headers}


def _is_past(modified: str, date: str | None) -> bool:
    """Return whether a date can be read and is not after another, which an answer may lack, but for two clocks."""
    try:
        moment = parsedate_to_datetime(modified)
        return date is None or moment <= parsedate_to_datetime(date) + BETWEEN_CLOCKS
    except (ValueError, TypeError, OverflowError):
        return False
