"""Broken registries whose lists of a group's packages leave out or hold the wrong projects."""

from __future__ import annotations

from conformance.selftest.endpoints import lists_group
from conformance.selftest.faults.fault import Fault
from conformance.selftest.mutation import query_parameter, rewrite_request

FAULTS = {
    "packages.groups-leave-out-subgroups": Fault(
        "The list of a group leaves subgroups out.",
        rewrite_request(lists_group, query_parameter("exclude_subgroups", "true")),
    ),
    "packages.groups-hold-subgroups-always": Fault(
        "The list of a group holds subgroups, whatever exclude_subgroups says.",
        rewrite_request(lists_group, query_parameter("exclude_subgroups", None)),
    ),
}
