"""Broken registries that judge duplicates wrongly (section duplicates)."""

from __future__ import annotations

from collections.abc import Callable

from conformance.selftest.bending import swallow
from conformance.selftest.exchange import Exchange
from conformance.selftest.faults.fault import DOCUMENTED, Fault
from conformance.selftest.messages import Answer, Request, collect, json_answer, message_answer
from conformance.selftest.targets import PackageFile, package_file, project_of, publishes, reads

BAD_REQUEST = 400
NOT_FOUND = 404
DEPTH = 2  # slashes in the path of a project whose group, itself inside the run's, has settings
WORDS = "Duplicate package is not allowed"
REFUSAL = {"message": f"400 Bad request - {WORDS}"}
Key = tuple[str, ...]


async def is_refusal(answer: Answer) -> tuple[bool, Answer]:
    """Say whether an answer refuses a duplicate; return it to pass on."""
    if answer.status != BAD_REQUEST:
        return False, answer
    content = await collect(answer.body)
    return WORDS.encode() in content, answer.with_content(content)


async def never_refuses(request: Request, exchange: Exchange) -> Answer:
    """Say of a duplicate that it was taken."""
    refused, answer = await is_refusal(await exchange.forward(request))
    if not (publishes(request) and refused):
        return answer
    exchange.bend()
    return json_answer(201, {"message": "201 Created"})


async def overlooks_subgroups(request: Request, exchange: Exchange) -> Answer:
    """Say of a duplicate below a subgroup of a subgroup that it was taken."""
    project = exchange.ledger.project(project_of(request))
    if project is None or project.path.count("/") <= DEPTH:
        return await exchange.forward(request)
    return await never_refuses(request, exchange)


async def gives_no_reason(request: Request, exchange: Exchange) -> Answer:
    """Refuse a duplicate like any bad request."""
    refused, answer = await is_refusal(await exchange.forward(request))
    if not (publishes(request) and refused):
        return answer
    exchange.bend()
    return message_answer(BAD_REQUEST)


class RefusesTheSecond:
    """Remembers what was published by a part of its address, and refuses what comes again."""

    def __init__(self, key: Callable[[PackageFile], Key]) -> None:
        self._key = key
        self._known: set[Key] = set()

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Refuse or forward a publish."""
        target = package_file(request)
        if target is None or not publishes(request):
            return await exchange.forward(request)
        if self._key(target) not in self._known:
            self._known.add(self._key(target))
            return await exchange.forward(request)
        exchange.bend()
        await swallow(request)
        return json_answer(BAD_REQUEST, REFUSAL)


class LosesWhatWasDuplicated:
    """Gives no file out any more of which a duplicate was refused."""

    def __init__(self) -> None:
        self._lost: set[Key] = set()

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Note a refusal, or answer 404."""
        target = package_file(request)
        if target is not None and reads(request) and target.decoded in self._lost:
            exchange.bend()
            return message_answer(NOT_FOUND)
        refused, answer = await is_refusal(await exchange.forward(request))
        if target is not None and refused:
            self._lost.add(target.decoded)
        return answer


def _by_file(target: PackageFile) -> Key:
    return target.decoded


def _by_name(target: PackageFile) -> Key:
    return target.decoded[:2]


FAULTS = (
    Fault("duplicates.never-refused", "A duplicate is acknowledged under every policy.", lambda: never_refuses),
    Fault(
        "duplicates.always-refused", "A duplicate is refused under every policy.", lambda: RefusesTheSecond(_by_file)
    ),
    Fault(
        "duplicates.15-always-refused",
        "A duplicate is refused under every policy.",
        lambda: RefusesTheSecond(_by_file),
        DOCUMENTED,
    ),
    Fault(
        "duplicates.subgroups-do-not-inherit",
        "The settings of a group do not concern its subgroups.",
        lambda: overlooks_subgroups,
    ),
    Fault(
        "duplicates.names-are-unique",
        "The second file of a package name is a duplicate, whatever its own name and version are.",
        lambda: RefusesTheSecond(_by_name),
    ),
    Fault("duplicates.no-reason-is-given", "The refusal of a duplicate gives no reason.", lambda: gives_no_reason),
    Fault(
        "duplicates.refusals-lose-the-file",
        "Refusing a duplicate loses the file that is there.",
        LosesWhatWasDuplicated,
    ),
)
