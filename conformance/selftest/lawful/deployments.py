"""Deployments of GitLab that a proxy can show: what stands before it, behind it, and beside the run."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

from conformance.selftest.client_connection import MalformedBodyError
from conformance.selftest.credentials import authorised_by
from conformance.selftest.endpoints import endpoint, lists_packages
from conformance.selftest.lawful.registry import LawfulRegistry
from conformance.selftest.messages import Request, Response, collect, json_response, phrase, whole
from conformance.selftest.mutation import PackageFileMutation, answered, rewrite_response, serve
from conformance.selftest.package_requests import PackageFilePath, is_publish
from conformance.selftest.upstream import Upstream

INGRESS_BYTES = 1_500_000
VERSIONS = "GitLab's documentation of its deployments"


def _plain(status: HTTPStatus) -> Response:
    content = f"{phrase(status)}\n".encode()
    headers = (
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(content))),
        ("Connection", "close"),
    )
    return Response(status, headers, whole(content), phrase(status))


def _is_chunked_publish(request: Request) -> bool:
    return is_publish(request) and request.header("transfer-encoding") is not None


def _is_too_large(request: Request) -> bool:
    return request.malformed is None and int(request.header("content-length") or 0) > INGRESS_BYTES


async def _server_error(request: Request, upstream: Upstream) -> Response:
    """Refuse a chunked upload once it has arrived, as Workhorse does when the store wants to know the length."""
    try:
        return await answered(request, upstream, _plain(HTTPStatus.INTERNAL_SERVER_ERROR))
    except MalformedBodyError:
        return _plain(HTTPStatus.INTERNAL_SERVER_ERROR)


async def _as_workhorse(request: Request, upstream: Upstream) -> Response:
    """Answer 500 where the chunks of a request are malformed."""
    response = await upstream.forward(request)
    return _plain(HTTPStatus.INTERNAL_SERVER_ERROR) if response.status == HTTPStatus.BAD_REQUEST else response


async def _too_large(_: Request, __: Upstream) -> Response:
    return _plain(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


async def _scheduled(request: Request, upstream: Upstream) -> Response:
    response = await upstream.forward(request)
    return json_response(HTTPStatus.ACCEPTED, {"message": "202 Accepted"}) if response.is_success else response


def _without_totals(response: Response) -> Response:
    link = response.header("link") or ""
    kept = ", ".join(part for part in link.split(", ") if 'rel="last"' not in part)
    shorter = response.with_header("X-Total", None).with_header("X-Total-Pages", None)
    return shorter.with_header("Link", kept) if link else shorter


def _is_unfiltered(request: Request, response: Response) -> bool:
    return lists_packages(request) and response.is_success and "package_name=" not in request.target


class Bystander(PackageFileMutation):
    """Publishes a package of somebody else to the same project after each fifth publish."""

    def __init__(self) -> None:
        self._publishes = 0

    async def serve(self, request: Request, path: PackageFilePath, upstream: Upstream) -> Response:
        """Serve a request about a package file."""
        response = await upstream.forward(request)
        if not is_publish(request) or not response.is_success:
            return response
        self._publishes += 1
        if self._publishes % 5 == 0:
            upstream.mark_mutated()
            target = replace(
                path, name=f"bystander-{self._publishes}", version="7.0.0", file_name="b.bin", query=""
            ).target
            own = authorised_by(request, upstream.token).with_target(target).with_content(b"of somebody else")
            await collect((await upstream.forward(own)).body)
        return response


LAWFUL = {
    "store-needs-lengths": LawfulRegistry(
        "Its object storage takes no upload of unknown length: 500.",
        "GitLab merge requests !52296 and !198295: storage-specific settings of object storage",
        serve(_is_chunked_publish, _server_error),
        without=(
            ("chunked-uploads", "uploads without a length fail with 500"),
            ("large-chunked-uploads", "uploads without a length fail with 500"),
        ),
    ),
    "bare-workhorse": LawfulRegistry(
        "Nothing stands before Workhorse, which answers malformed chunks with 500.",
        "workhorse/internal/upload/body_uploader.go: any error of reading is 500",
        serve(_is_chunked_publish, _as_workhorse),
    ),
    "ingress-limit": LawfulRegistry(
        "An ingress refuses bodies over its limit with 413 before it has read them.",
        "GitLab Helm chart, nginx.ingress.kubernetes.io/proxy-body-size: 512m; here 1.5 MB",
        serve(_is_too_large, _too_large),
        without=(
            ("large-files", "the limit of the ingress is below --large-bytes"),
            ("large-chunked-uploads", "the limit of the ingress is below --large-bytes"),
        ),
    ),
    "deletion-is-scheduled": LawfulRegistry(
        "Projects and groups are deleted later: 202.",
        "GitLab documentation, Projects API and Groups API, delete",
        serve(endpoint("DELETE", r"/(projects|groups)/[^/]+"), _scheduled),
    ),
    "no-totals": LawfulRegistry(
        "Lists of more than 10,000 packages have no totals and no last page.",
        "GitLab documentation, REST API, Pagination response headers",
        rewrite_response(_is_unfiltered, _without_totals),
    ),
    "other-people": LawfulRegistry(
        "Other people publish to the same projects meanwhile.",
        "a registry has more than one user",
        Bystander,
    ),
}
