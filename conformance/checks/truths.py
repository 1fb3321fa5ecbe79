"""Expectations that several checks of true answers share."""

from collections.abc import Sequence
from typing import TypeGuard

from conformance.checks.steps import followed, follows
from conformance.judging.expectations import Evaluator
from conformance.target.registry import PublishedFile, Registry
from conformance.transport.request import Request
from conformance.transport.response import Response, describe


def is_strong(etag: str | None) -> TypeGuard[str]:
    """Return whether there is an ETag and it is a strong one."""
    return etag is not None and etag.startswith('"')


def expect_none(evaluator: Evaluator, label: str, untrue: Sequence[str], expected: str, response: Response) -> None:
    """Evaluate that nothing untrue was found."""
    evaluator.that(label, holds=not untrue, expected=expected, actual="; ".join(untrue[:5]), response=response)


def expect_to_follow(registry: Registry, request: Request, file: PublishedFile, expect: Evaluator) -> None:
    """Expect an answer, and what GET brings anyway after it over one connection, or the connection's end.

    The end may be announced or not. Label "followed". Redirects are followed on both sides.
    """
    plain = registry.download(file.location)
    response, following = followed(registry, request, file.location)
    expect.that(
        "followed",
        holds=response.status is not None and follows(plain.sha256, following),
        expected="an answer, and then the one to the next request or a closed connection",
        actual=describe(following or response),
        response=following or response,
    )
