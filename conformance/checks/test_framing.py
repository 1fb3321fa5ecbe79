"""Framing: how bodies are delimited, what 100 Continue means, and what a broken request leaves behind."""

from http import HTTPStatus

from conformance.checks.cells import INVALID_TOKEN
from conformance.checks.steps import expect_nothing_at, stored
from conformance.content.generator import LiteralContent
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Judge
from conformance.target.registry import Place, Registry
from conformance.transport.answer import Answer, described
from conformance.transport.request import Body

BROKEN_OFF_AFTER = 1000
CURL_ASKS_ABOVE = 1_048_576
FRAMINGS = {
    "framing.chunked-body": (True, False),
    "framing.expect-with-length": (False, True),
    "framing.expect-with-chunks": (True, True),
}
BROKEN_FRAMINGS = {"framing.short-body-leaves-nothing": False, "framing.unfinished-chunks-leave-nothing": True}
MALFORMED = {
    "framing.conflicting-lengths-refused": b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "framing.malformed-chunk-refused": b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
}


@judges_each(FRAMINGS)
def test_framing(case: tuple[bool, bool], registry: Registry, expect: Judge) -> None:
    """The ways in which curl and Go send a body."""
    chunked, expect_continue = case
    place, content = registry.place(), registry.content()
    answer = registry.publish(place, Body(content, chunked=chunked), expect_continue=expect_continue)
    expect(answer, "published").status(201)
    expect(registry.download(place)).body(content)


@judges("framing.continue-is-sent")
def test_continue_is_sent(registry: Registry, expect: Judge, control: Judge) -> None:
    """Without it curl waits a second before every upload."""
    answer = registry.publish(registry.place(), registry.content(), expect_continue=True)
    control(answer, "published").status(201)
    interim = answer.interim
    expect.that(
        "interim",
        holds=HTTPStatus.CONTINUE in interim,
        expected="100 first",
        actual=f"{interim or 'none'}",
        answer=answer,
    )


@judges("framing.refusal-needs-no-body")
def test_refusal_needs_no_body(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the credential alone; the size is one at which curl asks before it sends."""
    place, content = registry.place(), registry.content(CURL_ASKS_ABOVE + 1)
    answer = registry.publish(place, content, credential=INVALID_TOKEN, expect_continue=True)
    control(registry.publish(place, content, expect_continue=True), "published").status(201)
    expect(answer).status(401)
    expect.that(
        "no body asked for",
        holds=answer.body_sent == 0 and HTTPStatus.CONTINUE not in answer.interim,
        expected="the refusal before any body byte",
        actual=f"{answer.body_sent} bytes sent, interim responses {answer.interim or 'none'}",
        answer=answer,
    )


@judges("framing.connection-is-reused")
def test_connection_is_reused(registry: Registry, expect: Judge, control: Judge) -> None:
    """A publish and a download over one connection."""
    place, content = registry.place(), registry.content()
    with registry.client.conversation() as conversation:
        published = conversation.ask(registry.request("PUT", place, Body(content)))
        control(published, "published").status(201)
        expect.that("open", holds=conversation.is_open, expected="kept open", actual="closed", answer=published)
        expect(conversation.ask(registry.request("GET", place))).body(content)


@judges("framing.refused-body-is-not-a-request")
def test_refused_body_is_not_a_request(registry: Registry, expect: Judge, control: Judge) -> None:
    """The body reads as a download of one file; the next request asks for another and must get its answer."""
    file = stored(registry, control)
    absent = registry.request("GET", Place(file.place.package, file="absent.bin"))
    target = registry.client.address.prefix + absent.target
    smuggled = f"GET {target} HTTP/1.1\r\nHost: {registry.client.address.authority}\r\n\r\n".encode()
    with registry.client.conversation() as conversation:
        refusal = registry.request("PUT", registry.place(), Body(LiteralContent(smuggled)), query="status=processing")
        refused = conversation.ask(refusal)
        control(refused, "refused").status(400)
        following = conversation.ask(registry.request("GET", file.place)) if conversation.is_open else None
    expect.that(
        "next answer",
        holds=following is None or following.sha256 == file.content.sha256,
        expected="a closed connection or the file that the next request asks for",
        actual=described(following) if following else "a closed connection",
        answer=following or refused,
    )


@judges_each(BROKEN_FRAMINGS)
def test_broken_off_leaves_nothing(case: bool, registry: Registry, expect: Judge, control: Judge) -> None:
    """The sending side ends a third through; the registry has noticed when it ends its own."""
    place = registry.place()
    _break_off(registry, place, chunked=case)
    expect_nothing_at(place, registry, expect, control)


@judges("framing.retry-after-a-broken-upload")
def test_retry_after_a_broken_upload(registry: Registry, expect: Judge) -> None:
    """What every client with retries does next."""
    place, content = registry.place(), registry.content()
    _break_off(registry, place, chunked=False)
    expect(registry.publish(place, content), "retried").status(201)
    expect(registry.download(place)).body(content)


@judges("framing.broken-re-upload-keeps-the-old-file")
def test_broken_re_upload_keeps_the_old_file(registry: Registry, expect: Judge, control: Judge) -> None:
    """A newer file exists only once it is complete."""
    file = stored(registry, control)
    _break_off(registry, file.place, chunked=False)
    expect(registry.download(file.place)).body(file.content)


@judges_each(MALFORMED)
def test_malformed_is_refused(case: bytes, registry: Registry, expect: Judge, control: Judge) -> None:
    """A message whose end is in doubt is where requests are smuggled; to wait for more is no refusal."""
    place = registry.place()
    request = registry.request("PUT", place)
    lines = [
        f"PUT {registry.client.address.prefix}{request.target} HTTP/1.1",
        f"Host: {registry.client.address.authority}",
    ]
    lines += [f"{name}: {value}" for name, value in request.headers]
    answer = registry.client.send_raw("\r\n".join([*lines, ""]).encode() + case)
    expect.that(
        "refused",
        holds=answer.status == HTTPStatus.BAD_REQUEST or answer.lost,
        expected="400 or a closed connection",
        actual=described(answer),
        answer=answer,
    )
    expect_nothing_at(place, registry, expect, control)


def _break_off(registry: Registry, place: Place, *, chunked: bool) -> Answer:
    return registry.publish(place, Body(registry.content(), chunked=chunked, break_off_after=BROKEN_OFF_AFTER))
