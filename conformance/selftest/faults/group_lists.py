"""Broken registries whose lists of a group's packages leave out or hold the wrong projects."""

from __future__ import annotations

from http import HTTPStatus

from conformance.selftest.endpoints import lists_group
from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import message_response
from conformance.selftest.mutation import deny, grant, query_parameter, rewrite_request, rewrite_response

FAULTS = {
    "packages.groups-leave-out-subgroups": Fault(
        "The list of a group leaves subgroups out.",
        rewrite_request(lists_group, query_parameter("exclude_subgroups", "true")),
    ),
    "packages.groups-hold-subgroups-always": Fault(
        "The list of a group holds subgroups, whatever exclude_subgroups says.",
        rewrite_request(lists_group, query_parameter("exclude_subgroups", None)),
    ),
    "packages.groups-tell-of-private-ones": Fault(
        "A private group is forbidden to those who may not know of it.",
        rewrite_response(
            lambda request, response: lists_group(request) and response.status == HTTPStatus.NOT_FOUND,
            lambda _: message_response(HTTPStatus.FORBIDDEN),
        ),
    ),
    "packages.groups-show-everything": Fault(
        "The list of a group shows the packages of every project without a credential.",
        grant(lambda request, by: lists_group(request) and by.is_anonymous),
    ),
    "packages.groups-ask-for-a-credential": Fault(
        "No group is listed without a credential: 401.",
        deny(lambda request, by: lists_group(request) and by.is_anonymous, 401),
    ),
    "packages.groups-mix-projects": Fault(
        "The list of a group is in the order of creation where that of the projects' paths is asked for.",
        rewrite_request(
            lambda request: lists_group(request) and "order_by=project_path" in request.target,
            query_parameter("order_by", None),
        ),
    ),
    "packages.groups-only-ascend": Fault(
        "The list of a group ascends, whatever is asked for.",
        rewrite_request(lists_group, query_parameter("sort", None)),
    ),
}
