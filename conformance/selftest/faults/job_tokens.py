"""Broken registries whose jobs and their tokens do not belong together."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from conformance.selftest.endpoints import ALLOWLIST, JOB, RULES, endpoint, requests_job
from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Request, Response, collect, json_response, message_response, no_content
from conformance.selftest.mutation import answered, grant, refuse, respond, rewrite_json, rewrite_response
from conformance.selftest.observed_resources import JOB_TOKEN
from conformance.selftest.package_requests import concerns_package_file
from conformance.selftest.upstream import Upstream


class HandsOutAgain:
    """Hands out the last job once more when there is no other."""

    def __init__(self) -> None:
        self._last = b""

    async def __call__(self, request: Request, upstream: Upstream) -> Response:
        """Keep a job, or give the one that was kept."""
        response = await upstream.forward(request)
        if not requests_job(request):
            return response
        if response.status == HTTPStatus.CREATED:
            self._last = await collect(response.body)
            return response.with_content(self._last)
        if response.status != HTTPStatus.NO_CONTENT or not self._last:
            return response
        upstream.mark_mutated()
        return json_response(HTTPStatus.CREATED, {}).with_content(self._last)


class EndsAllJobs:
    """Refuses the tokens of all jobs that began before one of them ended."""

    def __init__(self) -> None:
        self._ended: set[str] = set()

    async def __call__(self, request: Request, upstream: Upstream) -> Response:
        """Refuse an ended one."""
        token = upstream.observed.token(request)
        if endpoint("PUT", JOB)(request):
            self._ended |= upstream.observed.job_tokens
        elif concerns_package_file(request) and token and token.kind == JOB_TOKEN and token.secret in self._ended:
            return await answered(request, upstream, message_response(HTTPStatus.UNAUTHORIZED))
        return await upstream.forward(request)


def _unknown_runner(request: Request, response: Response) -> bool:
    return requests_job(request) and response.status == HTTPStatus.FORBIDDEN


def _without_project(job: dict[str, Any]) -> dict[str, Any]:
    return {**job, "job_info": {**job["job_info"], "project_id": None}}


FAULTS = {
    "job-tokens.jobs-never-end": Fault(
        "The end of a job is noted, and its token stays valid.",
        respond(endpoint("PUT", JOB), lambda _: json_response(200, {})),
    ),
    "job-tokens.jobs-end-together": Fault("With one job all jobs end.", EndsAllJobs),
    "job-tokens.runners-are-refused": Fault(
        "A runner's request for work fails in the server.", refuse(requests_job, 500)
    ),
    "job-tokens.jobs-are-handed-out-again": Fault("A job is handed out as often as a runner asks.", HandsOutAgain),
    "job-tokens.any-runner-may-ask": Fault(
        "A runner that is unknown is told that there is no work.",
        rewrite_response(_unknown_runner, lambda _: no_content()),
    ),
    "job-tokens.jobs-have-no-project": Fault(
        "A job does not say which project it is of.", rewrite_json(requests_job, _without_project)
    ),
    "job-tokens.open-every-call": Fault(
        "The token of a running job opens every call of the API.",
        grant(lambda request, by: endpoint("GET", "/user")(request) and by.kind == JOB_TOKEN),
    ),
    "job-tokens.changes-fail": Fault(
        "Whatever changes a project or a job, and a new rule or entry of a list, fails in the server.",
        refuse(endpoint("PUT|PATCH|POST", JOB, r"/projects/\d+(/job_token_scope)?", ALLOWLIST, RULES), 500),
    ),
}
