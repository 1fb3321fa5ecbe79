"""Broken registries that confuse the packages that files belong to, or what may be done to a file (section publish)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from conformance.selftest.bending import answering, swallow
from conformance.selftest.exchange import Exchange
from conformance.selftest.faults.fault import Fault
from conformance.selftest.faults.publish import with_status
from conformance.selftest.messages import Answer, Request, message_answer
from conformance.selftest.targets import concerns_package_file, package_file, publishes, reads


class TakesOnly:
    """Counts the publishes into every package and fails with 500 beyond `most` of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: dict[tuple[str, ...], int] = defaultdict(int)

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Fail or forward a publish."""
        target = package_file(request)
        if target is None or not publishes(request):
            return await exchange.forward(request)
        self._taken[target.package] += 1
        if self._taken[target.package] <= self._most:
            return await exchange.forward(request)
        exchange.bend()
        await swallow(request)
        return message_answer(500)


class LocksAfter:
    """Counts the uploads of every name and fails with 500, whatever is asked, once there were `most` of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._uploads: dict[tuple[str, ...], int] = defaultdict(int)

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Fail or forward."""
        target = package_file(request)
        if target is None:
            return await exchange.forward(request)
        if self._uploads[target.decoded] < self._most:
            self._uploads[target.decoded] += publishes(request)
            return await exchange.forward(request)
        exchange.bend()
        await swallow(request)
        return message_answer(500)


class SharesFilesBetweenVersions:
    """Remembers the first version of every package name and uses it for all others."""

    def __init__(self) -> None:
        self._versions: dict[tuple[str, str], str] = {}

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Replace the version."""
        target = package_file(request)
        if target is None:
            return await exchange.forward(request)
        first = self._versions.get(target.package[:2])
        if publishes(request) and first is None:
            self._versions[target.package[:2]] = target.version
        if first in {None, target.version}:
            return await exchange.forward(request)
        exchange.bend()
        return await exchange.forward(request.with_target(replace(target, version=first or "").target))


class HidesHidden:
    """Remembers what was published as hidden and does not give it out."""

    def __init__(self) -> None:
        self._hidden: set[tuple[str, ...]] = set()

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Answer 404 for a hidden file."""
        target = package_file(request)
        if target is not None and with_status("hidden")(request):
            self._hidden.add(target.decoded)
        if target is None or not reads(request) or target.decoded not in self._hidden:
            return await exchange.forward(request)
        exchange.bend()
        return message_answer(404)


class DeletesByPath:
    """Forgets a file for which a DELETE came, whatever it answers to the DELETE."""

    def __init__(self, status: int) -> None:
        self._status = status
        self._deleted: set[tuple[str, ...]] = set()

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Answer the DELETE, and 404 from then on."""
        target = package_file(request)
        if target is None or not (request.method == "DELETE" or target.decoded in self._deleted):
            return await exchange.forward(request)
        exchange.bend()
        if request.method == "DELETE":
            self._deleted.add(target.decoded)
            return message_answer(self._status)
        return message_answer(404)


FAULTS = (
    Fault("packages.take-one-publish", "The second publish into a package fails.", lambda: TakesOnly(1)),
    Fault("packages.take-two-publishes", "The third publish into a package fails.", lambda: TakesOnly(2)),
    Fault("packages.take-four-publishes", "The fifth publish into a package fails.", lambda: TakesOnly(4)),
    Fault(
        "packages.lock-after-eight-uploads",
        "A name that was uploaded eight times can neither be read nor written any more.",
        lambda: LocksAfter(8),
    ),
    Fault(
        "packages.shares-files-between-versions", "The version is not part of a file's key.", SharesFilesBetweenVersions
    ),
    Fault("packages.hides-hidden-files", "A file published as hidden does not download.", HidesHidden),
    Fault("packages.deletes-by-path", "DELETE on a file's path deletes the file.", lambda: DeletesByPath(204)),
    Fault(
        "packages.refuses-delete-and-deletes",
        "DELETE on a path is 405, and deletes.",
        lambda: DeletesByPath(405),
    ),
    Fault(
        "packages.acknowledges-deletes-by-path",
        "DELETE on a file's path is answered 200 and does nothing.",
        answering(
            lambda request: request.method == "DELETE" and concerns_package_file(request),
            lambda _: message_answer(200),
        ),
    ),
)
