"""Broken registries that show or delete a package, or one of its files, wrongly (section packages)."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from conformance.selftest.bending import amending, answering, refusing, rephrasing, rewriting, trusting
from conformance.selftest.callers import DEVELOPER, GUEST, caller
from conformance.selftest.calls import FILE, FILES, LIST, PACKAGE, PIPELINES, calls
from conformance.selftest.exchange import Exchange
from conformance.selftest.faults.fault import DOCUMENTED, Fault
from conformance.selftest.faults.lists import each
from conformance.selftest.messages import Answer, Request, json_answer, message_answer, nothing
from conformance.selftest.targets import authorised_by, publishes

NO_CONTENT = 204
FORBIDDEN = 403
NOT_FOUND = 404
Entry = dict[str, Any]
deleting = calls("DELETE", PACKAGE, FILE)
shown = calls("GET", PACKAGE, LIST)


def _linked_for_all(package: Entry) -> Entry:
    return {**package, "_links": {**package["_links"], "delete_api_path": "/somewhere"}}


def _linked_for_nobody(package: Entry) -> Entry:
    links = {name: link for name, link in package["_links"].items() if name != "delete_api_path"}
    return {**package, "_links": links}


def _newest_of_each(files: list[Entry]) -> list[Entry]:
    return list({entry["file_name"]: entry for entry in files}.values())


def _is_missing(request: Request, answer: Answer) -> bool:
    return calls("GET", PACKAGE, FILES, PIPELINES)(request) and answer.status == NOT_FOUND


async def finds_packages_anywhere(request: Request, exchange: Exchange) -> Answer:
    """Look for a package that a project does not have in every other project."""
    answer = await exchange.forward(request)
    if answer.status != NOT_FOUND or not calls("GET|DELETE", PACKAGE, FILES)(request):
        return answer
    exchange.bend()
    _, found, rest = request.target.partition("/packages/")
    for project in exchange.ledger.projects:
        other = request.with_target(f"/api/v4/projects/{project.number}{found}{rest}")
        answer = await exchange.forward(authorised_by(other, exchange.token))
        if answer.status != NOT_FOUND:
            break
    return answer


async def refuses_and_deletes(request: Request, exchange: Exchange) -> Answer:
    """Tell a developer that it may not delete, and delete."""
    if not deleting(request) or caller(request, exchange).level != DEVELOPER:
        return await exchange.forward(request)
    exchange.bend()
    await exchange.forward(authorised_by(request, exchange.token))
    return message_answer(FORBIDDEN)


FAULTS = (
    Fault(
        "packages.single-packages-fail",
        "A package by its id fails in the server.",
        refusing(calls("GET", PACKAGE), 500),
    ),
    Fault(
        "packages.missing-packages-are-blank",
        "A package that is not there, or not to be seen, is an empty one.",
        amending(_is_missing, lambda _: json_answer(200, {})),
    ),
    Fault(
        "packages.packages-are-found-anywhere",
        "A package is found under every project.",
        lambda: finds_packages_anywhere,
    ),
    Fault(
        "packages.15-single-packages-fail",
        "Every question for one package fails in the server.",
        refusing(calls("GET", PACKAGE), 500),
        DOCUMENTED,
    ),
    Fault(
        "packages.15-records-fail",
        "A publish that asks for the record of its file fails in the server.",
        refusing(lambda request: publishes(request) and "select=package_file" in request.target, 500),
        DOCUMENTED,
    ),
    Fault(
        "packages.15-guests-see-packages",
        "A guest sees a package of a private project, as in later editions.",
        trusting(lambda request, by: calls("GET", PACKAGE)(request) and by.sees_private and by.level == GUEST),
        DOCUMENTED,
    ),
    Fault(
        "packages.everybody-sees-the-delete-link",
        "Everybody sees _links.delete_api_path.",
        rephrasing(calls("GET", PACKAGE), _linked_for_all),
    ),
    Fault(
        "packages.nobody-sees-the-delete-link",
        "Nobody sees _links.delete_api_path.",
        rephrasing(calls("GET", PACKAGE), _linked_for_nobody),
    ),
    Fault(
        "packages.packages-have-no-links",
        "A package has no _links.",
        rephrasing(calls("GET", PACKAGE), lambda package: {**package, "_links": {}}),
    ),
    Fault("packages.lists-of-files-fail", "A list of files fails in the server.", refusing(calls("GET", FILES), 500)),
    Fault(
        "packages.lists-of-files-show-the-newest",
        "A list of files shows the newest file of each name alone.",
        rephrasing(calls("GET", FILES), _newest_of_each),
    ),
    Fault(
        "packages.lists-of-files-decode-names",
        "A list of files shows the name of a file under directories with slashes.",
        rephrasing(calls("GET", FILES), each(lambda file: {**file, "file_name": unquote(file["file_name"])})),
    ),
    Fault(
        "packages.files-have-no-address-by-id",
        "No file downloads by its id.",
        refusing(calls("GET", FILE + "/download"), NOT_FOUND),
    ),
    Fault(
        "packages.pipelines-are-forgotten",
        "No package has a pipeline.",
        rephrasing(calls("GET", PIPELINES), lambda _: []),
    ),
    Fault(
        "packages.everything-has-a-pipeline",
        "Every package has a pipeline.",
        rephrasing(calls("GET", PIPELINES), lambda found: found or [{"id": 1}]),
    ),
    Fault(
        "packages.deletes-do-nothing",
        "Deleting is acknowledged, whoever asks, and not done.",
        answering(deleting, lambda _: Answer(NO_CONTENT, (), nothing(), "No Content")),
    ),
    Fault(
        "packages.deletes-are-refused-and-done", "Refusing to delete, the server deletes.", lambda: refuses_and_deletes
    ),
    Fault(
        "packages.files-take-their-package-along",
        "Deleting a file deletes its package.",
        rewriting(
            calls("DELETE", FILE), lambda request: request.with_target(request.target.partition("/package_files")[0])
        ),
    ),
)
