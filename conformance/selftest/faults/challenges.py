"""Broken registries that refuse the right callers in the wrong way (section authentication)."""

from __future__ import annotations

import re
from collections.abc import Callable

from conformance.selftest.bending import When, amending
from conformance.selftest.callers import caller
from conformance.selftest.exchange import Exchange
from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Answer, Request, json_answer, message_answer
from conformance.selftest.targets import authorised_by, concerns_package_file, package_file, publishes, reads

CREATED = 201
UNAUTHORIZED = 401
FORBIDDEN = 403
LEGAL_VERSION = re.compile(r"(?!.*\.\.)[\w+.-]+", re.ASCII)


def _refused(when: When, status: int) -> Callable[[Request, Answer], bool]:
    return lambda request, answer: when(request) and answer.status == status


def _says_it_in_text(answer: Answer) -> Answer:
    return answer.with_content(b"no\n").with_header("Content-Type", "text/plain")


def _says_denied(answer: Answer) -> Answer:
    return answer.with_content(b'{"message": "access denied", "error": "access_denied"}')


async def stores_before_it_asks(request: Request, exchange: Exchange) -> Answer:
    """Store the file of a caller without a valid credential, then answer 401."""
    by = caller(request, exchange)
    if not (publishes(request) and (by.is_anonymous or by.is_unknown)):
        return await exchange.forward(request)
    exchange.bend()
    stored = await exchange.forward(authorised_by(request, exchange.token))
    refusal = message_answer(UNAUTHORIZED).with_header("WWW-Authenticate", 'Basic realm="packages"')
    return refusal if stored.status == CREATED else stored


async def judges_format_first(request: Request, exchange: Exchange) -> Answer:
    """Refuse an illegal version before looking at the credential."""
    target = package_file(request)
    if target is None or not publishes(request) or LEGAL_VERSION.fullmatch(target.decoded[2]):
        return await exchange.forward(request)
    exchange.bend()
    return json_answer(400, {"error": "package_version is invalid"})


FAULTS = (
    Fault(
        "authentication.download-without-challenge",
        "A 401 on download carries no challenge.",
        amending(_refused(reads, UNAUTHORIZED), lambda answer: answer.with_header("WWW-Authenticate", None)),
    ),
    Fault(
        "authentication.publish-without-challenge",
        "A 401 on publish carries no challenge.",
        amending(_refused(publishes, UNAUTHORIZED), lambda answer: answer.with_header("WWW-Authenticate", None)),
    ),
    Fault(
        "authentication.challenge-for-bearer",
        "A 401 challenges for Bearer, which the clients that wait for a challenge do not speak.",
        amending(
            _refused(concerns_package_file, UNAUTHORIZED),
            lambda answer: answer.with_header("WWW-Authenticate", 'Bearer realm="packages"'),
        ),
    ),
    Fault(
        "authentication.refusals-in-plain-text",
        "401 and 403 have a plain text body.",
        amending(
            lambda request, answer: concerns_package_file(request) and answer.status in {UNAUTHORIZED, FORBIDDEN},
            _says_it_in_text,
        ),
    ),
    Fault(
        "authentication.refusals-in-own-words",
        "401 and 403 have a JSON body with other words than GitLab's.",
        amending(
            lambda request, answer: concerns_package_file(request) and answer.status in {UNAUTHORIZED, FORBIDDEN},
            _says_denied,
        ),
    ),
    Fault(
        "authentication.stores-before-it-asks",
        "A publish without a valid credential is stored and then answered 401.",
        lambda: stores_before_it_asks,
    ),
    Fault(
        "authentication.judges-format-first",
        "An illegal version is 400 even for a caller who may not publish at all.",
        lambda: judges_format_first,
    ),
)
