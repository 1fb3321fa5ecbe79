"""Which endpoint of GitLab's API, beside the package files themselves, a request is for."""

from __future__ import annotations

import re
from collections.abc import Callable

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


def endpoint(method: str, *patterns: str) -> Callable[[Request], bool]:
    """Choose requests by a method, any of several with bars between, whose whole path one of the patterns matches."""
    methods = method.split("|")
    whole = re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
    return lambda request: request.method in methods and whole.fullmatch(path_of(request)) is not None


def is_graphql(request: Request) -> bool:
    """Return whether a request is one of GraphQL."""
    return request.target.partition("?")[0] == GRAPHQL


lists_packages = endpoint("GET", LIST)
lists_group = endpoint("GET", GROUP_LIST)
shows_package = endpoint("GET", PACKAGE)
requests_job = endpoint("POST", JOB_REQUEST)
makes_rule = endpoint("POST", RULES)
