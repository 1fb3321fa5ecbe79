"""Which call of GitLab's API, beside the package files themselves, a request makes."""

from __future__ import annotations

import re

from conformance.selftest.bending import When
from conformance.selftest.messages import Request

GRAPHQL = "/api/graphql"
LIST = r"/(projects|groups)/[^/]+/packages"
GROUP_LIST = r"/groups/[^/]+/packages"
PACKAGE = r"/projects/[^/]+/packages/\d+"
FILES = PACKAGE + "/package_files"
FILE = FILES + r"/\d+"
PIPELINES = PACKAGE + "/pipelines"
RULES = r"/projects/[^/]+/packages/protection/rules"
RULE = RULES + r"/\d+"
ALLOWLIST = r"/projects/[^/]+/job_token_scope/allowlist"
JOB = r"/jobs/\d+"
JOB_REQUEST = "/jobs/request"


def path_of(request: Request) -> str:
    """Return the path of a request without its query and without /api/v4."""
    return request.target.partition("?")[0].removeprefix("/api/v4")


def calls(method: str, *patterns: str) -> When:
    """Choose requests by a method, any of several with bars between, whose whole path one of the patterns matches."""
    methods = method.split("|")
    whole = re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
    return lambda request: request.method in methods and whole.fullmatch(path_of(request)) is not None


def asks_graphql(request: Request) -> bool:
    """Say whether a request is one of GraphQL."""
    return request.target.partition("?")[0] == GRAPHQL
