"""Broken registries that show a package or its files wrongly."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from conformance.selftest.credentials import authorised_by
from conformance.selftest.endpoints import FILE, FILES, PACKAGE, PIPELINES, endpoint, shows_package
from conformance.selftest.faults.fault import DOCUMENTED, Fault
from conformance.selftest.messages import Request, Response, json_response
from conformance.selftest.mutation import (
    SelectiveMutation,
    each,
    grant,
    query_parameter,
    refuse,
    respond,
    rewrite_json,
    rewrite_request,
    rewrite_response,
)
from conformance.selftest.package_requests import publishes_with
from conformance.selftest.principal import GUEST
from conformance.selftest.principal_predicates import in_private
from conformance.selftest.upstream import Upstream

Entry = dict[str, Any]


def _linked_for_all(package: Entry) -> Entry:
    return {**package, "_links": {**package["_links"], "delete_api_path": "/somewhere"}}


def _linked_for_nobody(package: Entry) -> Entry:
    links = {name: link for name, link in package["_links"].items() if name != "delete_api_path"}
    return {**package, "_links": links}


def _newest_of_each(files: list[Entry]) -> list[Entry]:
    return list({entry["file_name"]: entry for entry in files}.values())


def _is_missing(request: Request, response: Response) -> bool:
    return endpoint("GET", PACKAGE, FILES, PIPELINES)(request) and response.status == HTTPStatus.NOT_FOUND


async def finds_packages_anywhere(request: Request, upstream: Upstream) -> Response:
    """Look for a package that a project does not have in every other project."""
    response = await upstream.forward(request)
    if response.status != HTTPStatus.NOT_FOUND or not endpoint("GET|DELETE", PACKAGE, FILES)(request):
        return response
    upstream.mark_mutated()
    _, found, rest = request.target.partition("/packages/")
    for project in upstream.observed.projects:
        other = request.with_target(f"/api/v4/projects/{project.number}{found}{rest}")
        response = await upstream.forward(authorised_by(other, upstream.token))
        if response.status != HTTPStatus.NOT_FOUND:
            break
    return response


FAULTS = {
    "packages.single-packages-fail": Fault("A package by its id fails in the server.", refuse(shows_package, 500)),
    "packages.missing-packages-are-blank": Fault(
        "A package that is not there, or not to be seen, is an empty one.",
        rewrite_response(_is_missing, lambda _: json_response(200, {})),
    ),
    "packages.packages-are-found-anywhere": Fault(
        "A package is found under every project.",
        SelectiveMutation(
            finds_packages_anywhere, chooses_response=lambda _, response: response.status == HTTPStatus.NOT_FOUND
        ),
    ),
    "packages.15-single-packages-fail": Fault(
        "Every question for one package fails in the server.", refuse(shows_package, 500), DOCUMENTED
    ),
    "packages.15-records-fail": Fault(
        "A publish that asks for the record of its file fails in the server.",
        refuse(publishes_with("select", "package_file"), 500),
        DOCUMENTED,
    ),
    "packages.15-guests-see-packages": Fault(
        "A guest sees a package of a private project, as with a flag that is off.",
        grant(in_private(lambda request, by: shows_package(request) and by.level == GUEST)),
        DOCUMENTED,
    ),
    "packages.everybody-sees-the-delete-link": Fault(
        "Everybody sees _links.delete_api_path.", rewrite_json(shows_package, _linked_for_all)
    ),
    "packages.nobody-sees-the-delete-link": Fault(
        "Nobody sees _links.delete_api_path.", rewrite_json(shows_package, _linked_for_nobody)
    ),
    "packages.packages-have-no-links": Fault(
        "A package has no _links.", rewrite_json(shows_package, lambda package: {**package, "_links": {}})
    ),
    "packages.lists-of-files-fail": Fault("A list of files fails in the server.", refuse(endpoint("GET", FILES), 500)),
    "packages.lists-of-files-show-the-newest": Fault(
        "A list of files shows the newest file of each name alone.",
        rewrite_json(endpoint("GET", FILES), _newest_of_each),
    ),
    "packages.lists-of-files-begin-with-the-newest": Fault(
        "A list of files begins with the newest.", rewrite_json(endpoint("GET", FILES), lambda files: files[::-1])
    ),
    "packages.lists-of-files-have-one-order": Fault(
        "A list of files is in the order of ids, whatever is asked for.",
        rewrite_request(endpoint("GET", FILES), query_parameter("order_by", None)),
    ),
    "packages.lists-of-files-only-ascend": Fault(
        "A list of files ascends, whatever is asked for.",
        rewrite_request(endpoint("GET", FILES), query_parameter("sort", None)),
    ),
    "packages.lists-of-files-decode-names": Fault(
        "A list of files shows the name of a file under directories with slashes.",
        rewrite_json(endpoint("GET", FILES), each(lambda file: {**file, "file_name": unquote(file["file_name"])})),
    ),
    "packages.files-have-no-address-by-id": Fault(
        "No file downloads by its id.", refuse(endpoint("GET", FILE + "/download"), 404)
    ),
    "packages.15-later-addresses-answer": Fault(
        "Files by their ids and the pipelines of a package are answered with an empty list in a version without them.",
        respond(endpoint("GET", FILE + "/download", PIPELINES), lambda _: json_response(200, [])),
        DOCUMENTED,
    ),
}
