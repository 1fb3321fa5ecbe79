"""Broken registries that name the wrong pipelines."""

from __future__ import annotations

from typing import Any

from conformance.selftest.endpoints import PIPELINES, endpoint, shows_package
from conformance.selftest.faults.fault import Fault
from conformance.selftest.mutation import query_parameter, rewrite_json, rewrite_request

lists_pipelines = endpoint("GET", PIPELINES)


def _nameless(package: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in package.items() if key not in {"pipeline", "pipelines"}}


FAULTS = {
    "packages.pipelines-are-forgotten": Fault(
        "No package has a pipeline.", rewrite_json(lists_pipelines, lambda _: [])
    ),
    "packages.everything-has-a-pipeline": Fault(
        "Every package has a pipeline.", rewrite_json(lists_pipelines, lambda found: found or [{"id": 1}])
    ),
    "packages.pipelines-begin-with-the-oldest": Fault(
        "The pipelines of a package are listed from the oldest to the newest.",
        rewrite_json(lists_pipelines, lambda found: found[::-1]),
    ),
    "packages.pipelines-come-on-any-page": Fault(
        "A page of pipelines that is asked to hold more than 20 holds what it may.",
        rewrite_request(
            lambda request: lists_pipelines(request) and "per_page=21" in request.target,
            query_parameter("per_page", "20"),
        ),
    ),
    "packages.packages-name-no-pipeline": Fault(
        "No package names the pipeline of its job.", rewrite_json(shows_package, _nameless)
    ),
    "packages.packages-name-a-pipeline": Fault(
        "Every package names a pipeline.",
        rewrite_json(shows_package, lambda package: {"pipeline": {"id": 1}, **package}),
    ),
}
