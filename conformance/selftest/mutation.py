"""The ways to mutate what passes through the proxy, out of which most faults are made; each makes a mutation maker."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from conformance.selftest.credentials import authorised_by
from conformance.selftest.messages import Request, Response, collect, message_response, nothing
from conformance.selftest.package_requests import PackageFilePath, is_publish, package_file_path
from conformance.selftest.principal import Principal, principal_of
from conformance.selftest.proxy import Mutation
from conformance.selftest.upstream import Upstream

RequestPredicate = Callable[[Request], bool]
ResponsePredicate = Callable[[Request, Response], bool]
PrincipalPredicate = Callable[[Request, Principal], bool]
RequestChange = Callable[[Request], Request | Awaitable[Request]]
ResponseChange = Callable[[Response], Response | Awaitable[Response]]
Serve = Callable[[Request, Upstream], Awaitable[Response]]
MakeMutation = Callable[[], Mutation]


@dataclass(frozen=True, slots=True)
class SelectiveMutation:
    """Makes a mutation without memory, which changes only what its predicates choose: requests or good responses."""

    mutation: Mutation
    chooses: Callable[[Request, Upstream], bool] = lambda *_: False
    chooses_response: ResponsePredicate = lambda *_: False

    def __call__(self) -> Mutation:
        """Return the mutation, which any number of proxies can share."""
        return self.mutation


class PackageFileMutation(ABC):
    """A mutation of the requests about package files that remembers; the good registry serves all others."""

    async def __call__(self, request: Request, upstream: Upstream) -> Response:
        """Serve a request."""
        path = package_file_path(request)
        return await (self.serve(request, path, upstream) if path else upstream.forward(request))

    @abstractmethod
    async def serve(self, request: Request, path: PackageFilePath, upstream: Upstream) -> Response:
        """Serve a request about the package file at `path`."""


async def swallow(request: Request) -> int:
    """Read a request's body to its end, permitting it first, and throw it away; return its length in bytes."""
    if request.header("expect"):
        await request.permit()
    length = 0
    async for part in request.body:
        length += len(part)
    return length


async def doubled(request: Request) -> tuple[Request, Request]:
    """Return a request that can be sent twice; its body is small."""
    if request.header("expect"):
        await request.permit()
    content = await collect(request.body)
    return request.with_content(content), request.with_content(content)


def serve(when: RequestPredicate, then: Serve) -> MakeMutation:
    """Let `then` serve the requests chosen by `when`, and the good registry all others."""
    return _serve(lambda request, _: when(request), then)


def serve_principals(when: PrincipalPredicate, then: Serve) -> MakeMutation:
    """Let `then` serve the principals chosen by `when`, and the good registry all others."""
    return _serve(lambda request, upstream: when(request, principal_of(request, upstream)), then)


def _serve(when: Callable[[Request, Upstream], bool], then: Serve) -> MakeMutation:
    async def mutate(request: Request, upstream: Upstream) -> Response:
        if not when(request, upstream):
            return await upstream.forward(request)
        upstream.mark_mutated()
        return await then(request, upstream)

    return SelectiveMutation(mutate, chooses=when)


def respond(when: RequestPredicate, response: Callable[[Request], Response]) -> MakeMutation:
    """Answer the requests chosen by `when` without asking the good registry, their bodies read and thrown away."""
    return serve(when, _without_asking(response))


def refuse(when: RequestPredicate, status: int) -> MakeMutation:
    """Refuse the requests chosen by `when` with `status` and the registry's customary body."""
    return respond(when, lambda _: message_response(status))


def deny(when: PrincipalPredicate, status: int) -> MakeMutation:
    """Refuse the principals chosen by `when` with `status` and the registry's customary body."""
    return serve_principals(when, _without_asking(lambda _: message_response(status)))


def _without_asking(response: Callable[[Request], Response]) -> Serve:
    return lambda request, upstream: answered(request, upstream, response(request))


async def answered(request: Request, upstream: Upstream, response: Response) -> Response:
    """Return a response that the good registry was not asked for, the request's body read and thrown away."""
    upstream.mark_mutated()
    await swallow(request)
    return replace(response, body=nothing()) if request.method == "HEAD" else response


def grant(when: PrincipalPredicate) -> MakeMutation:
    """Let the principals chosen by `when` do what only an administrator may."""
    return serve_principals(when, lambda request, upstream: upstream.forward(authorised_by(request, upstream.token)))


def rewrite_request(when: RequestPredicate, change: RequestChange) -> MakeMutation:
    """Send a changed request to the good registry for those chosen by `when`."""

    async def then(request: Request, upstream: Upstream) -> Response:
        changed = change(request)
        return await upstream.forward(await changed if isinstance(changed, Awaitable) else changed)

    return serve(when, then)


def rewrite_path(when: RequestPredicate, change: Callable[[PackageFilePath], PackageFilePath]) -> MakeMutation:
    """Send requests about package files chosen by `when` to another path."""

    def changed(request: Request) -> Request:
        path = package_file_path(request)
        return request.with_target(change(path).target) if path else request

    return rewrite_request(when, changed)


def rewrite_response(when: ResponsePredicate, change: ResponseChange) -> MakeMutation:
    """Give the client a changed response where `when` chooses the request and its good response."""

    async def mutate(request: Request, upstream: Upstream) -> Response:
        response = await upstream.forward(request)
        if not when(request, response):
            return response
        upstream.mark_mutated()
        changed = change(response)
        return await changed if isinstance(changed, Awaitable) else changed

    return SelectiveMutation(mutate, chooses_response=when)


def rewrite_json(when: RequestPredicate, change: Callable[[Any], Any]) -> MakeMutation:
    """Give the client changed JSON in a successful response to a request that `when` chooses."""
    return rewrite_response(lambda request, response: when(request) and response.has_document, _document(change))


def rewrite_record(change: Callable[[dict[str, Any]], None]) -> MakeMutation:
    """Change in place the record of a package file that answers a publish with select=package_file."""

    def changed(record: dict[str, Any]) -> dict[str, Any]:
        change(record)
        return record

    return rewrite_response(gives_record, _document(changed))


def _document(change: Callable[[Any], Any]) -> ResponseChange:
    async def changed(response: Response) -> Response:
        return response.with_content(json.dumps(change(json.loads(await collect(response.body)))).encode())

    return changed


def gives_record(request: Request, response: Response) -> bool:
    """Return whether a response is the record of a published file."""
    path = package_file_path(request)
    return is_publish(request) and response.is_success and path is not None and "select" in path.parameters


def each(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    """Make a change of one entry a change of a list."""
    return lambda entries: [change(entry) for entry in entries]


def header(name: str, value: str | None) -> ResponseChange:
    """Make a change of one header of a response, or leave it out where the value is None."""
    return lambda response: response.with_header(name, value)


def query_parameter(name: str, value: str | None) -> RequestChange:
    """Set a parameter of a request's query, or leave it out where the value is None."""

    def change(request: Request) -> Request:
        path, _, query = request.target.partition("?")
        kept = [part for part in query.split("&") if part and part.partition("=")[0] != name]
        added = [] if value is None else [f"{name}={value}"]
        return request.with_target(f"{path}?{'&'.join([*kept, *added])}")

    return change
