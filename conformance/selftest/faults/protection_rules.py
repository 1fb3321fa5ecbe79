"""Broken registries whose protection rules cannot be made, seen or changed as they should."""

from __future__ import annotations

from http import HTTPStatus

from conformance.selftest.endpoints import RULE, RULES, endpoint, makes_rule
from conformance.selftest.faults.fault import FLAGGED, Fault
from conformance.selftest.messages import Request, Response, json_response, message_response, no_content
from conformance.selftest.mutation import grant, refuse, respond, rewrite_json, rewrite_response
from conformance.selftest.principal import DEVELOPER


def _is_refused(request: Request, response: Response) -> bool:
    return makes_rule(request) and response.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}


def _is_missing(request: Request, response: Response) -> bool:
    return endpoint("DELETE", RULE)(request) and response.status == HTTPStatus.NOT_FOUND


FAULTS = {
    "protection.flagged-rules-cannot-be-made": Fault(
        "Making a rule fails in GitLab 18.1.", refuse(makes_rule, 500), FLAGGED
    ),
    "protection.rules-are-nameless": Fault(
        "A new rule is answered without its pattern.", rewrite_json(makes_rule, lambda rule: {"id": rule["id"]})
    ),
    "protection.rules-are-not-listed": Fault(
        "The list of rules is empty.", rewrite_json(endpoint("GET", RULES), lambda _: [])
    ),
    "protection.anybody-makes-rules": Fault(
        "Every member may make rules.", grant(lambda request, by: makes_rule(request) and by.is_member)
    ),
    "protection.illegal-levels-are-taken": Fault(
        "A rule with an unknown level is acknowledged.",
        rewrite_response(_is_refused, lambda _: json_response(201, {"id": 1})),
    ),
    "protection.same-patterns-conflict": Fault(
        "A second rule with the pattern of another is refused with 409.",
        rewrite_response(
            lambda request, response: makes_rule(request) and response.status == HTTPStatus.UNPROCESSABLE_ENTITY,
            lambda response: response.with_status(HTTPStatus.CONFLICT),
        ),
    ),
    "protection.lists-of-rules-fail": Fault(
        "The list of rules is answered 500 to whoever may see it.",
        rewrite_response(
            lambda request, response: endpoint("GET", RULES)(request) and response.status == HTTPStatus.OK,
            lambda _: message_response(500),
        ),
    ),
    "protection.developers-list-rules": Fault(
        "A developer may list the rules of a project.",
        grant(lambda request, by: endpoint("GET", RULES)(request) and by.level == DEVELOPER),
    ),
    "protection.rules-cannot-be-changed": Fault("A rule cannot be changed.", refuse(endpoint("PATCH", RULE), 405)),
    "protection.changes-are-not-kept": Fault(
        "Changing a rule is acknowledged and not done.",
        respond(endpoint("PATCH", RULE), lambda _: json_response(200, {})),
    ),
    "protection.unknown-rules-are-deleted": Fault(
        "Deleting a rule that the project does not have is 204.", rewrite_response(_is_missing, lambda _: no_content())
    ),
}
