"""Steps that several checks take: publish as a control, expect that nothing is there, act in parallel."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import TypeVar, Unpack

from conformance.judging.expectations import Evaluator
from conformance.target.registry import FileLocation, PublishedFile, Registry, RequestOptions
from conformance.transport.recorder import LANE
from conformance.transport.request import Request
from conformance.transport.response import Response, describe

Result = TypeVar("Result")
WRITERS = 8
RECORD = "select=package_file"


def stored(
    registry: Registry, control: Evaluator, location: FileLocation | None = None, **options: Unpack[RequestOptions]
) -> PublishedFile:
    """Publish a small file; label "published status", a control."""
    location, content = location or registry.location(), registry.content()
    response = registry.publish(location, content, **options)
    control(response, "published").status(201)
    return PublishedFile(location, content, response)


def expect_nothing_at(location: FileLocation, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Expect 404 at a location, and control that a whole upload would have been seen there.

    Labels "published status" and "visible status", both controls, then "afterwards status".
    """
    absent = registry.download(location)
    control(registry.publish(location, registry.content()), "published").status(201)
    control(registry.download(location), "visible").status(200)
    expect(absent, "afterwards").status(404)


def etag_of(file: PublishedFile, registry: Registry, control: Evaluator) -> str:
    """Return the ETag of a file; label "etag", a control."""
    response = registry.download(file.location)
    etag = response.header("etag")
    control.that("etag", holds=etag is not None, expected="an ETag", actual="none", response=response)
    return etag or ""


def shown(response: Response, name: str) -> str:
    """Return the value of a key of a response in words, also when it has no such key."""
    value = response.key(name)
    return f"the {name} of the first record, which has none" if value is None else repr(value)


def in_parallel(actions: Sequence[Callable[[], Result]]) -> list[Result]:
    """Start every action at the same moment, each in its own thread, and return their results in order."""
    start = threading.Barrier(len(actions))

    def act(lane: int, action: Callable[[], Result]) -> Result:
        LANE.set(lane)
        start.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as threads:
        return list(threads.map(act, count(), actions))


def all_accepted(evaluator: Evaluator, responses: Sequence[Response]) -> None:
    """Evaluate that every publish was answered 2xx; label "accepted"."""
    refused = [response for response in responses if response.status is None or response.status // 100 != 2]  # noqa: PLR2004 - 2xx
    evaluator.that(
        "accepted",
        holds=not refused,
        expected=f"{len(responses)} publishes accepted",
        actual="; ".join(describe(response) for response in refused) or "all accepted",
        response=(refused or responses)[0],
    )


def followed(registry: Registry, request: Request, location: FileLocation) -> tuple[Response, Response | None]:
    """Return the response to a request and to one for the file after it, over one connection where it stays open."""
    with registry.client.persistent_connection() as persistent_connection:
        response = registry.followed(request, persistent_connection.send)
        following = (
            registry.followed(registry.request("GET", location), persistent_connection.send)
            if persistent_connection.is_open
            else None
        )
    return response, following


def follows(sha256: str, following: Response | None) -> bool:
    """Return whether content is the next response of a connection, or the connection had ended, announced or not."""
    return following is None or following.unanswered or following.sha256 == sha256


def expect_no_body(file: PublishedFile, response: Response, following: Response | None, expect: Evaluator) -> None:
    """Expect the file to follow a response that has no body, or a closed connection; label "no body"."""
    expect.that(
        "no body",
        holds=follows(file.content.sha256, following),
        expected="the file as the next answer",
        actual=describe(following) if following else "a closed connection",
        response=following or response,
    )
