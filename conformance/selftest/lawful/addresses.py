"""Liberties of addresses: a registry below a path, files behind redirects, links to another front."""

from __future__ import annotations

import re
from dataclasses import replace
from http import HTTPStatus

from conformance.selftest.lawful.headers import has_links
from conformance.selftest.lawful.registry import Exemption, LawfulRegistry
from conformance.selftest.messages import Request, Response, message_response, nothing, phrase, without
from conformance.selftest.mutation import answered, rewrite_response
from conformance.selftest.package_requests import is_download
from conformance.selftest.upstream import Upstream

PREFIX = "/tools/gitlab"
STORE = "/objects/"
CONDITIONS = ("range", "if-range", "if-none-match", "if-match", "if-modified-since", "if-unmodified-since")


class BelowPath:
    """Serves what lies below a path, and links to it there."""

    async def __call__(self, request: Request, upstream: Upstream) -> Response:
        """Serve a request."""
        if request.malformed:
            return await upstream.forward(request)
        if not request.target.startswith(f"{PREFIX}/"):
            return await answered(request, upstream, message_response(HTTPStatus.NOT_FOUND))
        upstream.mark_mutated()
        response = await upstream.forward(request.with_target(request.target.removeprefix(PREFIX)))
        link = response.header("link")
        return response.with_header("Link", re.sub(r"(://[^/>]+)/", rf"\1{PREFIX}/", link)) if link else response


class Redirecting:
    """Answers each download that is allowed with a redirect to a signed address on the same host.

    The answer at that address asks for no credential, which it has from the signature.
    """

    def __init__(self, status: HTTPStatus, *, absolute: bool) -> None:
        self._status = status
        self._absolute = absolute
        self._signed: dict[str, Request] = {}

    async def __call__(self, request: Request, upstream: Upstream) -> Response:
        """Serve a request."""
        path = request.target.partition("?")[0]
        if path.startswith(STORE):
            return await self._stored(request, self._signed.get(path), upstream)
        if not is_download(request):
            return await upstream.forward(request)
        seen = await upstream.forward(replace(request, method="HEAD", headers=without(request.headers, *CONDITIONS)))
        if not seen.is_success:
            return await upstream.forward(request)
        upstream.mark_mutated()
        return self._redirect(request)

    def _redirect(self, request: Request) -> Response:
        path = f"{STORE}{len(self._signed)}"
        self._signed[path] = request
        front = f"http://{request.header('host')}" if self._absolute else ""
        headers = (("Location", f"{front}{path}?X-Signature=0%2F1&expires=9"), ("Content-Length", "0"))
        return Response(self._status, headers, nothing(), phrase(self._status))

    async def _stored(self, request: Request, signed: Request | None, upstream: Upstream) -> Response:
        if signed is None:
            return await answered(request, upstream, message_response(HTTPStatus.FORBIDDEN))
        asked = tuple(pair for pair in request.headers if pair[0].lower() in CONDITIONS)
        kept = without(signed.headers, *CONDITIONS)
        return await upstream.forward(replace(signed, method=request.method, headers=(*kept, *asked)))


def _fronted(response: Response, front: str) -> Response:
    return response.with_header("Link", re.sub(r"<https?://[^/>]+", f"<{front}", response.header("link") or ""))


BY_STORE = (Exemption(("download.unchanged-is-304",), "the redirect is answered before the condition", always=False),)

LAWFUL = {
    "below-a-path": LawfulRegistry(
        "It lies below a path of its host.",
        "GitLab documentation, Install GitLab under a relative URL",
        BelowPath,
        prefix=PREFIX,
    ),
    "relative-location": LawfulRegistry(
        "It answers downloads with 302 to a path on the same host.",
        "RFC 9110, section 10.2.2: Location is a URI reference",
        lambda: Redirecting(HTTPStatus.FOUND, absolute=False),
        exemptions=BY_STORE,
    ),
    "absolute-location": LawfulRegistry(
        "It answers downloads with 307 to a whole address on the same host.",
        "RFC 9110, sections 10.2.2 and 15.4.8",
        lambda: Redirecting(HTTPStatus.TEMPORARY_REDIRECT, absolute=True),
        exemptions=BY_STORE,
    ),
    "links-to-https": LawfulRegistry(
        "Its links are those of the HTTPS front before it, whose name is another.",
        "GitLab documentation, external_url: behind a proxy that ends TLS the links have its scheme and host",
        rewrite_response(has_links, lambda response: _fronted(response, "https://packages.example")),
    ),
    "links-with-a-port": LawfulRegistry(
        "Its links name the port that their scheme implies.",
        "RFC 9110, section 4.2.3: the same as without it",
        rewrite_response(has_links, lambda response: _fronted(response, "http://packages.example:80")),
    ),
}
