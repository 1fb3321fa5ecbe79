"""Steps that several checks take: publish as a control, look that nothing is there, act in parallel."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, Unpack

from conformance.judging.expectations import Judge
from conformance.target.registry import Place, Registry, Stored, Terms
from conformance.transport.answer import Answer, described
from conformance.transport.request import Request

Result = TypeVar("Result")
WRITERS = 8
RECORD = "select=package_file"


def stored(registry: Registry, control: Judge, place: Place | None = None, **terms: Unpack[Terms]) -> Stored:
    """Publish a small file; label "published status", a control."""
    place, content = place or registry.place(), registry.content()
    answer = registry.publish(place, content, **terms)
    control(answer, "published").status(201)
    return Stored(place, content, answer)


def expect_nothing_at(place: Place, registry: Registry, expect: Judge, control: Judge) -> None:
    """Expect 404 at a place, and control that a whole upload would have been seen there.

    Labels "published status" and "visible status", both controls, then "afterwards status".
    """
    absent = registry.download(place)
    control(registry.publish(place, registry.content()), "published").status(201)
    control(registry.download(place), "visible").status(200)
    expect(absent, "afterwards").status(404)


def etag_of(file: Stored, registry: Registry, control: Judge) -> str:
    """Return the ETag of a file; label "etag", a control."""
    answer = registry.download(file.place)
    etag = answer.header("etag")
    control.that("etag", holds=etag is not None, expected="an ETag", actual="none", answer=answer)
    return etag or ""


def shown(answer: Answer, name: str) -> str:
    """Return the value of a key of an answer in words, also when the answer has no such key."""
    value = answer.key(name)
    return f"the {name} of the first record, which has none" if value is None else repr(value)


def in_parallel(actions: Sequence[Callable[[], Result]]) -> list[Result]:
    """Start every action at the same moment, each in its own thread, and return their results in order."""
    start = threading.Barrier(len(actions))

    def act(action: Callable[[], Result]) -> Result:
        start.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as threads:
        return list(threads.map(act, actions))


def all_accepted(judge: Judge, answers: Sequence[Answer]) -> None:
    """Judge that every publish was answered 2xx; label "accepted"."""
    refused = [answer for answer in answers if answer.status is None or answer.status // 100 != 2]  # noqa: PLR2004 - 2xx
    judge.that(
        "accepted",
        holds=not refused,
        expected=f"{len(answers)} publishes accepted",
        actual="; ".join(described(answer) for answer in refused) or "all accepted",
        answer=(refused or answers)[0],
    )


def followed(registry: Registry, request: Request, place: Place) -> tuple[Answer, Answer | None]:
    """Ask, and then ask for the file over the same connection, where it stays open."""
    with registry.client.conversation() as conversation:
        answer = conversation.ask(request)
        following = conversation.ask(registry.request("GET", place)) if conversation.is_open else None
    return answer, following


def expect_no_body(file: Stored, answer: Answer, following: Answer | None, expect: Judge) -> None:
    """Expect the file to follow an answer that has no body, or a closed connection; label "no body"."""
    expect.that(
        "no body",
        holds=following is None or following.sha256 == file.content.sha256,
        expected="the file as the next answer",
        actual=described(following) if following else "a closed connection",
        answer=following or answer,
    )
