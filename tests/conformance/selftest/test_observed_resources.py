"""What the proxy learns from provisioning: members, tokens of every kind, jobs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

import pytest

from conformance.selftest.messages import Request, collect, json_response, nothing
from conformance.selftest.observed_resources import JOB_TOKEN, PERSONAL_TOKEN, ObservedResources

PROJECT = {"id": 7, "path_with_namespace": "above/inside", "visibility": "private"}


async def permit() -> None:
    """Permit nothing."""


def asking(method: str, target: str, token: str = "") -> Request:
    headers = (("PRIVATE-TOKEN", token),) if token else ()
    return Request(method, target, headers, nothing(), permit)


def watch(known: ObservedResources, method: str, path: str, record: Mapping[str, object], token: str = "") -> bytes:
    """Let the proxy see a response; return the body that goes on to the client."""
    status = 201 if method == "POST" else 200

    async def observed() -> bytes:
        return await collect(
            (await known.observe(asking(method, f"/api/v4{path}", token), json_response(status, record))).body
        )

    return asyncio.run(observed())


@pytest.fixture
def known() -> ObservedResources:
    known = ObservedResources()
    watch(known, "POST", "/groups", {"id": 3, "full_path": "above"})
    watch(known, "POST", "/projects", PROJECT)
    made = {"token": "glpat-personal", "user_id": 11, "scopes": ["api"]}
    watch(known, "POST", "/users/11/personal_access_tokens", made)
    return known


def level(known: ObservedResources, token: str) -> tuple[bool, int]:
    found = known.token(asking("GET", "/api/v4/projects/7/packages", token))
    assert found is not None
    return known.is_member(found, "7"), known.level(found, "above%2Finside")


def test_what_was_observed_goes_on_as_it_came(known: ObservedResources) -> None:
    assert json.loads(watch(known, "POST", "/projects", PROJECT)) == PROJECT


def test_a_user_is_what_the_members_say(known: ObservedResources) -> None:
    assert level(known, "glpat-personal") == (False, 0)
    watch(known, "POST", "/projects/7/members", {"id": 11, "access_level": 30})
    assert level(known, "glpat-personal") == (True, 30)
    watch(known, "PUT", "/projects/7/members/11", {"id": 11, "access_level": 20})
    assert level(known, "glpat-personal") == (True, 20)
    watch(known, "DELETE", "/projects/7/members/11", {})
    assert level(known, "glpat-personal") == (False, 0)


def test_the_highest_role_counts_the_groups_included(known: ObservedResources) -> None:
    watch(known, "POST", "/projects/7/members", {"id": 11, "access_level": 10})
    watch(known, "POST", "/groups/3/members", {"id": 11, "access_level": 50})
    assert level(known, "glpat-personal") == (True, 50)


def test_a_token_of_a_group_is_a_member_of_what_lies_below(known: ObservedResources) -> None:
    watch(known, "POST", "/groups/3/access_tokens", {"token": "glpat-group", "scopes": ["api"], "access_level": 30})
    watch(known, "POST", "/groups", {"id": 4, "full_path": "above-not"})
    watch(known, "POST", "/groups/4/access_tokens", {"token": "glpat-other", "scopes": ["api"], "access_level": 30})
    assert level(known, "glpat-group") == (True, 30)
    assert level(known, "glpat-other")[0] is False


def test_a_job_acts_as_the_user_of_its_pipeline(known: ObservedResources) -> None:
    watch(known, "POST", "/projects/7/members", {"id": 11, "access_level": 30})
    watch(known, "POST", "/projects/7/pipeline", {"id": 1}, token="glpat-personal")
    watch(known, "POST", "/jobs/request", {"id": 2, "token": "glcbt-job", "job_info": {"project_id": 7}})
    job = known.token(asking("GET", "/api/v4/projects/7/packages", "glcbt-job"))
    assert job is not None
    assert (job.kind, job.user) == (JOB_TOKEN, 11)
    assert level(known, "glcbt-job") == (True, 30)
    assert known.job_tokens == {"glcbt-job"}


def test_a_personal_token_has_no_place_of_its_own(known: ObservedResources) -> None:
    token = known.token(asking("GET", "/", "glpat-personal"))
    assert token is not None
    assert (token.kind, token.place, token.user) == (PERSONAL_TOKEN, ("", ""), 11)
