"""The liberties out of which lawful registries are made: mutations of all responses, of JSON, of errors, and layers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from typing import Any

from conformance.selftest.lawful.writing import write
from conformance.selftest.messages import Request, Response, collect, without
from conformance.selftest.mutation import MakeMutation, RequestPredicate, rewrite_response
from conformance.selftest.observed_resources import ObservedResources
from conformance.selftest.package_requests import package_file_path
from conformance.selftest.proxy import Mutation
from conformance.selftest.upstream import Upstream

BODILESS = {204, 304}
ERRORS = 400
JSON = "application/json"


def every_response(change: Callable[[Response], Response]) -> MakeMutation:
    """Change every response."""
    return rewrite_response(lambda *_: True, change)


def writing(**options: Any) -> MakeMutation:  # noqa: ANN401 - the fields of Writing
    """Write every response with these options of Writing."""
    return every_response(lambda response: write(response, **options))


def has_body(request: Request, response: Response) -> bool:
    """Return whether a response has a body, be it empty."""
    return request.method != "HEAD" and response.status not in BODILESS


def has_json(request: Request, response: Response) -> bool:
    """Return whether a response has a body of JSON."""
    return has_body(request, response) and (response.header("content-type") or "").lower().startswith(JSON)


def is_file(request: Request, response: Response) -> bool:
    """Return whether a response is the successful one to a download, or what HEAD says of it."""
    return package_file_path(request) is not None and request.method in {"GET", "HEAD"} and response.is_success


def is_error(request: Request, response: Response) -> bool:
    """Return whether a response is an error with a body."""
    return has_body(request, response) and response.status >= ERRORS


def every_json(encode: Callable[[Any], bytes], but: RequestPredicate = lambda _: False) -> MakeMutation:
    """Write every body of JSON as `encode` does, `but` those of answers to some requests."""

    async def change(response: Response) -> Response:
        content = await collect(response.body)
        return response.with_content(encode(json.loads(content)) if content else content)

    return rewrite_response(lambda request, response: has_json(request, response) and not but(request), change)


def every_object(
    change: Callable[[dict[str, Any]], dict[str, Any]], but: RequestPredicate = lambda _: False
) -> MakeMutation:
    """Change every object in every body of JSON, the inner ones first, `but` those of answers to some requests."""
    return every_json(lambda document: json.dumps(_changed(document, change)).encode(), but)


def _changed(value: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return change({key: _changed(each, change) for key, each in value.items()})
    return [_changed(each, change) for each in value] if isinstance(value, list) else value


def errors_say(content_type: str | None, body: Callable[[Response], bytes]) -> MakeMutation:
    """Give every error another body and content type, none where it is None."""
    return rewrite_response(
        is_error, lambda response: response.with_content(body(response)).with_header("Content-Type", content_type)
    )


def leave_out(*names: str) -> MakeMutation:
    """Leave out headers of every response."""
    return every_response(lambda response: replace(response, headers=without(response.headers, *names)))


def add(*headers: tuple[str, str]) -> MakeMutation:
    """Add headers to every response."""
    return every_response(lambda response: replace(response, headers=(*response.headers, *headers)))


class Layer(Upstream):
    """An upstream that is another mutation in front of the good registry."""

    def __init__(self, mutation: Mutation, upstream: Upstream) -> None:
        self._mutation = mutation
        self._upstream = upstream
        self.is_mutated = False

    @property
    def token(self) -> str:
        """Return the administrator's token."""
        return self._upstream.token

    @property
    def origin(self) -> str:
        """Return the good registry's own scheme, host and port."""
        return self._upstream.origin

    @property
    def observed(self) -> ObservedResources:
        """Return what the proxy has learnt about tokens and projects."""
        return self._upstream.observed

    def mark_mutated(self) -> None:
        """Note that a mutation has changed something."""
        self._upstream.mark_mutated()

    async def forward(self, request: Request) -> Response:
        """Return the response of the mutation."""
        return await self._mutation(request, self._upstream)


def together(*makers: MakeMutation) -> MakeMutation:
    """Layer mutations; the first is the nearest to the client."""
    return lambda: reduce(_layered, [maker() for maker in makers])


def _layered(outer: Mutation, inner: Mutation) -> Mutation:
    async def mutate(request: Request, upstream: Upstream) -> Response:
        return await outer(request, Layer(inner, upstream))

    return mutate
