"""Broken registries whose jobs and their tokens do not belong together (sections job-tokens and allowlist)."""

from __future__ import annotations

from typing import Any

from conformance.selftest.bending import amending, answering, denying, refusing, rephrasing, swallow, trusting
from conformance.selftest.callers import Caller, caller
from conformance.selftest.calls import ALLOWLIST, JOB, JOB_REQUEST, RULES, calls
from conformance.selftest.exchange import Exchange
from conformance.selftest.faults.fault import DOCUMENTED, Fault
from conformance.selftest.ledger import JOB_TOKEN
from conformance.selftest.messages import Answer, Request, collect, json_answer, message_answer, nothing
from conformance.selftest.targets import concerns_package_file

CREATED = 201
NO_CONTENT = 204
FORBIDDEN = 403
UNAUTHORIZED = 401


class HandsOutAgain:
    """Hands out the last job once more when there is no other."""

    def __init__(self) -> None:
        self._last = b""

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Keep a job, or give the one that was kept."""
        answer = await exchange.forward(request)
        if not calls("POST", JOB_REQUEST)(request):
            return answer
        if answer.status == CREATED:
            self._last = await collect(answer.body)
            return answer.with_content(self._last)
        if answer.status != NO_CONTENT or not self._last:
            return answer
        exchange.bend()
        return json_answer(CREATED, {}).with_content(self._last)


class EndsAllJobs:
    """Refuses the tokens of all jobs that began before one of them ended."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._ended: set[str] = set()

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Refuse an ended one."""
        by = caller(request, exchange)
        token = exchange.ledger.token(request)
        if calls("PUT", JOB)(request):
            self._ended |= exchange.ledger.job_tokens
        elif concerns_package_file(request) and by.kind == JOB_TOKEN and token and token.secret in self._ended:
            exchange.bend()
            await swallow(request)
            return message_answer(UNAUTHORIZED)
        return await exchange.forward(request)


def _is_foreign(request: Request, by: Caller) -> bool:
    return concerns_package_file(request) and by.is_foreign_job and by.sees_private and by.is_member


def _unknown_runner(request: Request, answer: Answer) -> bool:
    return calls("POST", JOB_REQUEST)(request) and answer.status == FORBIDDEN


def _without_project(job: dict[str, Any]) -> dict[str, Any]:
    return {**job, "job_info": {**job["job_info"], "project_id": None}}


FAULTS = (
    Fault(
        "job-tokens.jobs-never-end",
        "The end of a job is noted, and its token stays valid.",
        answering(calls("PUT", JOB), lambda _: json_answer(200, {})),
    ),
    Fault("job-tokens.jobs-end-together", "With one job all jobs end.", EndsAllJobs),
    Fault(
        "job-tokens.runners-are-refused",
        "A runner's request for work fails in the server.",
        refusing(calls("POST", JOB_REQUEST), 500),
    ),
    Fault("job-tokens.jobs-are-handed-out-again", "A job is handed out as often as a runner asks.", HandsOutAgain),
    Fault(
        "job-tokens.any-runner-may-ask",
        "A runner that is unknown is told that there is no work.",
        amending(_unknown_runner, lambda _: Answer(NO_CONTENT, (), nothing(), "No Content")),
    ),
    Fault(
        "job-tokens.jobs-have-no-project",
        "A job does not say which project it is of.",
        rephrasing(calls("POST", JOB_REQUEST), _without_project),
    ),
    Fault(
        "job-tokens.open-every-call",
        "The token of a running job opens every call of the API.",
        trusting(lambda request, by: calls("GET", "/user")(request) and by.kind == JOB_TOKEN),
    ),
    Fault(
        "job-tokens.changes-fail",
        "Whatever changes a project or a job, and a new rule or entry of a list, fails in the server.",
        refusing(calls("PUT|PATCH|POST", JOB, r"/projects/\d+(/job_token_scope)?", ALLOWLIST, RULES), 500),
    ),
    Fault(
        "allowlist.admits-every-project",
        "The job tokens of all projects are let in, whatever the allowlist says.",
        trusting(_is_foreign),
    ),
    Fault(
        "allowlist.admits-no-project",
        "Only a project's own job tokens are let in, whatever the allowlist says.",
        denying(_is_foreign, FORBIDDEN),
    ),
    Fault(
        "allowlist.shows-nothing", "The allowlist is shown empty.", rephrasing(calls("GET", ALLOWLIST), lambda _: [])
    ),
    Fault(
        "allowlist.15-admits-no-project",
        "Only a project's own job tokens are let in, as in later editions.",
        denying(_is_foreign, FORBIDDEN),
        DOCUMENTED,
    ),
)
