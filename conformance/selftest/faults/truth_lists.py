"""Broken registries whose pages, records, links and headers say what is not so, or what nobody may know."""

from __future__ import annotations

import base64
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from conformance.selftest.credentials import presented_credential
from conformance.selftest.endpoints import FILES, endpoint, lists_packages
from conformance.selftest.faults.fault import Fault
from conformance.selftest.faults.pages import having, paged
from conformance.selftest.messages import Request, Response, json_response
from conformance.selftest.mutation import (
    MakeMutation,
    each,
    header,
    respond,
    rewrite_json,
    rewrite_record,
    rewrite_response,
    serve,
    serve_principals,
)
from conformance.selftest.package_requests import is_publish, is_read
from conformance.selftest.principal import Principal
from conformance.selftest.upstream import Upstream

lists_files = endpoint("GET", FILES)
NOWHERE = "/api/v4/projects/0/packages/0"


def _on_pages(name: str, value: str) -> MakeMutation:
    return rewrite_response(
        lambda request, response: paged(request) and response.header(name) is not None, header(name, value)
    )


def _linked(relation: str, page: int) -> MakeMutation:
    """Have a relation of every page that has it lead to one page of the same size."""

    async def then(request: Request, upstream: Upstream) -> Response:
        response = await upstream.forward(request)
        kept = [part for part in (response.header("link") or "").split(", ") if f'rel="{relation}"' not in part]
        path, _, query = request.target.partition("?")
        others = "&".join(part for part in query.split("&") if not part.startswith("page="))
        address = f'<http://{request.header("host")}{path}?{others}&page={page}>; rel="{relation}"'
        return response.with_header("Link", ", ".join([*kept, address]))

    return serve(having("&page="), then)


def _with_wrong_size(file: dict[str, Any]) -> dict[str, Any]:
    return {**file, "size": 1}


def _with_wrong_md5(record: dict[str, Any]) -> None:
    record["file_md5"] = "0" * 32


def _without_its_name(record: dict[str, Any]) -> None:
    record.update(file_name=None, file=None)


def _absent(request: Request, response: Response) -> bool:
    return is_read(request) and response.status == HTTPStatus.NOT_FOUND


def _created(request: Request, response: Response) -> bool:
    return is_publish(request) and response.status == HTTPStatus.CREATED


def _broken_json(response: Response) -> Response:
    return response.with_content(b'{"message": "404 Not Found"')


def _secret(request: Request) -> str:
    credential = presented_credential(request)
    return credential.secret if credential else ""


async def _naming_the_token(request: Request, upstream: Upstream) -> Response:
    response = await upstream.forward(request)
    if response.status != HTTPStatus.NOT_FOUND or not _secret(request):
        return response
    return json_response(HTTPStatus.NOT_FOUND, {"message": "404 Not Found", "asked_with": _secret(request)})


async def _with_a_cookie(request: Request, upstream: Upstream) -> Response:
    cookie = base64.b64encode(f"user:{_secret(request)}".encode()).decode()
    return (await upstream.forward(request)).with_header("Set-Cookie", f"session={cookie}")


def _private(kind: Callable[[Request], bool]) -> Callable[[Request, Principal], bool]:
    return lambda request, by: kind(request) and by.sees_private and not by.is_anonymous


def _cached(value: str) -> Callable[[Request, Upstream], Any]:
    async def then(request: Request, upstream: Upstream) -> Response:
        return (await upstream.forward(request)).with_header("Cache-Control", value)

    return then


FAULTS = {
    "truth.total-of-another-list": Fault("X-Total is that of another list.", _on_pages("X-Total", "77")),
    "truth.every-page-is-the-second": Fault("Every page says that it is the second.", _on_pages("X-Page", "2")),
    "truth.last-page-is-lost": Fault(
        "The third page is empty.", respond(having("page=3"), lambda _: json_response(HTTPStatus.OK, []))
    ),
    "truth.last-leads-to-the-first": Fault("The address of the last page leads to the first.", _linked("last", 1)),
    "truth.record-of-another-md5": Fault("A record has another file's MD5.", rewrite_record(_with_wrong_md5)),
    "truth.record-names-no-file": Fault(
        "Neither the name nor the address of the file is in a record.", rewrite_record(_without_its_name)
    ),
    "truth.files-of-one-byte": Fault(
        "The list of files says that each has a byte.", rewrite_json(lists_files, each(_with_wrong_size))
    ),
    "truth.created-nowhere": Fault(
        "201 names a Location at which there is nothing.", rewrite_response(_created, header("Location", NOWHERE))
    ),
    "truth.refusal-is-broken-json": Fault(
        "404 of a file is JSON that breaks off.", rewrite_response(_absent, _broken_json)
    ),
    "truth.refusal-names-the-token": Fault(
        "404 of a file repeats the token that asked.", serve(is_read, _naming_the_token)
    ),
    "truth.token-comes-as-a-cookie": Fault(
        "A list sets a cookie that holds the token in base64.", serve(lists_packages, _with_a_cookie)
    ),
    "truth.private-file-is-public": Fault(
        "A file of a private project is public for every cache.",
        serve_principals(_private(is_read), _cached("public, max-age=3600")),
    ),
    "truth.private-list-is-shared": Fault(
        "The list of a private project may be kept by shared caches for an hour.",
        serve_principals(_private(lists_packages), _cached("s-maxage=3600")),
    ),
}
