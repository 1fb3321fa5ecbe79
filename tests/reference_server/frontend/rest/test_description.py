"""The description of the API against the routing table."""

import itertools
import re
from typing import Any

import pytest
import yaml
from tornado.web import RequestHandler

from reference_server.frontend import health
from reference_server.frontend.rest import description
from reference_server.frontend.rest.routes import ROUTES
from tests.support.front_end import Served

METHODS = ("get", "post", "put", "patch", "delete")
FILE = "/api/v4/projects/{}/packages/generic/{}/{}/{}"
FILE_BY_NUMBER = "/api/v4/projects/{}/packages/{}/package_files/{}/download"
NOT_IN_THE_TABLE = {FILE, FILE_BY_NUMBER, "/api/graphql"}


def described() -> dict[str, Any]:
    document = yaml.safe_load(description._DESCRIPTION.body)
    assert isinstance(document, dict)
    return document


def methods_by_path() -> dict[str, set[str]]:
    return {re.sub(r"\{\w+\}", "{}", path): set(item) & set(METHODS) for path, item in described()["paths"].items()}


def spelled_out(pattern: str) -> list[str]:
    """Return the paths of a pattern, once for each of its alternatives."""
    parts = re.split(r"(\([^()]*\))", pattern)
    choices = [
        part[1:-1].split("|") if "|" in part else ["{}"] if part.startswith("(") else [part.replace("\\", "")]
        for part in parts
    ]
    return ["".join(chosen) for chosen in itertools.product(*choices)]


def test_every_route_and_method_is_described_and_no_other() -> None:
    routed = {
        path: {name for name in METHODS if getattr(handler, name) is not getattr(RequestHandler, name)}
        for pattern, handler in (*ROUTES, *health.ROUTES, *description.ROUTES)
        for path in spelled_out(pattern)
    }
    documented = {path: names for path, names in methods_by_path().items() if path not in NOT_IN_THE_TABLE}
    assert documented == routed


@pytest.mark.parametrize("path", [FILE, FILE_BY_NUMBER, "/api/graphql"])
def test_routes_beside_the_table_allow_what_is_described(served: Served, path: str) -> None:
    refused = served.send("PATCH", path.replace("{}", "1"))
    assert refused.status == 405
    allowed = {name.lower() for name in refused.headers["Allow"].split(", ")} & set(METHODS)
    assert allowed == methods_by_path()[path]


def test_every_reference_leads_somewhere() -> None:
    document = described()
    references = set(re.findall(r'"#/components/(\w+)/(\w+)"', description._DESCRIPTION.body.decode()))
    assert references == {(kind, name) for kind in ("parameters", "responses") for name in document["components"][kind]}


def test_the_description_is_served_to_everybody(served: Served) -> None:
    answer = served.send("GET", "/-/openapi.yaml", token="")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/yaml")
    assert answer.body == description._DESCRIPTION.body
