"""Framing: how bodies are delimited, what 100 Continue means, and what a broken request leaves behind."""

from http import HTTPStatus

from conformance.checks.cells import INVALID_TOKEN
from conformance.checks.steps import expect_nothing_at, follows, stored
from conformance.content.generator import LiteralContent
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.registry import FileLocation, Registry
from conformance.transport.request import Body
from conformance.transport.response import Response, describe

BROKEN_OFF_AFTER = 1000
CURL_ASKS_ABOVE = 1_048_576
FRAMINGS = {
    "framing.chunked-body": (True, False),
    "framing.expect-with-length": (False, True),
    "framing.expect-with-chunks": (True, True),
}
BROKEN_FRAMINGS = {"framing.short-body-leaves-nothing": False, "framing.unfinished-chunks-leave-nothing": True}
MALFORMED = {
    "framing.conflicting-lengths-refused": (b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", (400,)),
    # Workhorse without NGINX before it has read the head and answers 500, as to every body that it cannot read
    "framing.malformed-chunk-refused": (
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        (400, 500),
    ),
}


@judges_each(FRAMINGS)
def test_framing(case: tuple[bool, bool], registry: Registry, expect: Evaluator) -> None:
    """A client publishes in one of the ways in which curl and Go send a body: the bytes that were sent download."""
    chunked, expect_continue = case
    location, content = registry.location(), registry.content()
    response = registry.publish(location, Body(content, chunked=chunked), expect_continue=expect_continue)
    expect(response, "published").status(201)
    expect(registry.download(location)).body(content)


@judges("framing.continue-is-sent")
def test_continue_is_sent(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client announces a body that is welcome: 100 Continue comes, without which curl waits a second."""
    response = registry.publish(registry.location(), registry.content(), expect_continue=True)
    control(response, "published").status(201)
    interim = response.interim
    expect.that(
        "interim",
        holds=HTTPStatus.CONTINUE in interim,
        expected="100 first",
        actual=f"{interim or 'none'}",
        response=response,
    )


@judges("framing.refusal-needs-no-body")
def test_refusal_needs_no_body(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client with an unknown token announces a body of the size at which curl asks first: 401 instead of 100.

    The control differs in the token alone.
    """
    location, content = registry.location(), registry.content(CURL_ASKS_ABOVE + 1)
    response = registry.publish(location, content, credential=INVALID_TOKEN, expect_continue=True)
    control(registry.publish(location, content, expect_continue=True), "published").status(201)
    expect(response).status(401)
    expect.that(
        "no body asked for",
        holds=response.body_sent == 0 and HTTPStatus.CONTINUE not in response.interim,
        expected="the refusal before any body byte",
        actual=f"{response.body_sent} bytes sent, interim responses {response.interim or 'none'}",
        response=response,
    )


@judges("framing.connection-is-reused")
def test_connection_is_reused(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes and downloads over one connection: it stays open in between."""
    location, content = registry.location(), registry.content()
    with registry.client.persistent_connection() as persistent_connection:
        published = persistent_connection.send(registry.request("PUT", location, Body(content)))
        control(published, "published").status(201)
        expect.that(
            "open", holds=persistent_connection.is_open, expected="kept open", actual="closed", response=published
        )
        expect(registry.followed(registry.request("GET", location), persistent_connection.send)).body(content)


@judges("framing.refused-body-is-not-a-request")
def test_refused_body_is_not_a_request(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """An attacker publishes a body that reads as a request for one file, is refused, and asks for another file.

    It must get that other file: a body that is left unread must not be taken for the next request.
    """
    file = stored(registry, control)
    absent = registry.request("GET", FileLocation(file.location.package, file="absent.bin"))
    target = registry.client.address.prefix + absent.target
    smuggled = f"GET {target} HTTP/1.1\r\nHost: {registry.client.address.authority}\r\n\r\n".encode()
    with registry.client.persistent_connection() as persistent_connection:
        refusal = registry.request(
            "PUT", registry.location(), Body(LiteralContent(smuggled)), query="status=processing"
        )
        refused = persistent_connection.send(refusal)
        control(refused, "refused").status(400)
        following = (
            registry.followed(registry.request("GET", file.location), persistent_connection.send)
            if persistent_connection.is_open
            else None
        )
    expect.that(
        "next answer",
        holds=follows(file.content.sha256, following),
        expected="a closed connection or the file that the next request asks for",
        actual=describe(following) if following else "a closed connection",
        response=following or refused,
    )


@judges_each(BROKEN_FRAMINGS)
def test_broken_off_leaves_nothing(case: bool, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client goes away a third through its upload: there is no such file.

    The sending side ends first; the registry has noticed when it ends its own.
    """
    location = registry.location()
    _break_off(registry, location, chunked=case)
    expect_nothing_at(location, registry, expect, control)


@judges("framing.retry-after-a-broken-upload")
def test_retry_after_a_broken_upload(registry: Registry, expect: Evaluator) -> None:
    """A client loses its connection in the middle of an upload and sends it again: the whole file downloads."""
    location, content = registry.location(), registry.content()
    _break_off(registry, location, chunked=False)
    expect(registry.publish(location, content), "retried").status(201)
    expect(registry.download(location)).body(content)


@judges("framing.broken-re-upload-keeps-the-old-file")
def test_broken_re_upload_keeps_the_old_file(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client goes away while it publishes a file name again: the older file downloads, whole."""
    file = stored(registry, control)
    _break_off(registry, file.location, chunked=False)
    expect(registry.download(file.location)).body(file.content)


@judges_each(MALFORMED)
def test_malformed_is_refused(
    case: tuple[bytes, tuple[int, ...]], registry: Registry, expect: Evaluator, control: Evaluator
) -> None:
    """An attacker sends a message whose end is in doubt, where requests are smuggled: refused, nothing stored.

    To wait for more is no refusal.
    """
    message, refusals = case
    location = registry.location()
    request = registry.request("PUT", location)
    lines = [
        f"PUT {registry.client.address.prefix}{request.target} HTTP/1.1",
        f"Host: {registry.client.address.authority}",
    ]
    lines += [f"{name}: {value}" for name, value in request.headers]
    response = registry.client.send_raw("\r\n".join([*lines, ""]).encode() + message)
    expect.that(
        "refused",
        holds=response.status in refusals or response.lost,
        expected=f"{' or '.join(map(str, refusals))} or a closed connection",
        actual=describe(response),
        response=response,
    )
    expect_nothing_at(location, registry, expect, control)


def _break_off(registry: Registry, location: FileLocation, *, chunked: bool) -> Response:
    return registry.publish(location, Body(registry.content(), chunked=chunked, break_off_after=BROKEN_OFF_AFTER))
