"""Broken registries that do not give out the newest file of a name (section newest)."""

from __future__ import annotations

import asyncio
import zlib
from collections import defaultdict
from dataclasses import dataclass, replace

from conformance.selftest.bending import swallow
from conformance.selftest.exchange import Exchange
from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Answer, Request, collect, json_answer, message_answer, whole
from conformance.selftest.spoiling import followed
from conformance.selftest.targets import downloads, inspects, package_file, publishes, reads

OK = 200
CREATED = 201
NOT_MODIFIED = 304
SMALL = 64 * 1024
Key = tuple[str, ...]


class FirstFileWins:
    """Remembers which names it has, acknowledges every further upload of one and throws it away."""

    def __init__(self) -> None:
        self._known: set[Key] = set()

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Answer 201 to a repeated upload."""
        target = package_file(request)
        if target is None or not publishes(request):
            return await exchange.forward(request)
        if target.decoded in self._known:
            exchange.bend()
            await swallow(request)
            return json_answer(CREATED, {"message": "201 Created"})
        self._known.add(target.decoded)
        status = 0
        try:
            answer = await exchange.forward(request)
            status = answer.status
        finally:
            if status not in {OK, CREATED}:
                self._known.discard(target.decoded)
        return answer


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer kept for later, body included."""

    answer: Answer
    content: bytes

    def again(self) -> Answer:
        """Return the answer with its body to be read once more."""
        return replace(self.answer, body=whole(self.content))


class CachesForEver:
    """Keeps the first successful download of a file and gives it ever after."""

    def __init__(self) -> None:
        self._kept: dict[Key, Kept] = {}

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Answer out of memory; large files, ranges and conditional requests pass."""
        target = package_file(request)
        special = any(request.header(name) for name in ("range", "if-none-match"))
        if target is None or not downloads(request) or special:
            return await exchange.forward(request)
        answer = await exchange.forward(request)
        if answer.status != OK or int(answer.header("content-length") or SMALL) >= SMALL:
            return answer
        kept = self._kept.get(target.decoded)
        if kept is None:
            kept = self._kept[target.decoded] = Kept(answer, await collect(answer.body))
        else:
            exchange.bend()
        return kept.again()


class DescribesTheFirst:
    """Remembers the length of the first file of every name and declares it on HEAD."""

    def __init__(self) -> None:
        self._lengths: dict[Key, str] = {}

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Declare the first length."""
        target = package_file(request)
        length = request.header("content-length")
        if target and publishes(request) and length:
            self._lengths.setdefault(target.decoded, length)
        answer = await exchange.forward(request)
        first = self._lengths.get(target.decoded) if target and inspects(request) else None
        if answer.status != OK or first in {None, answer.header("content-length")}:
            return answer
        exchange.bend()
        return answer.with_header("Content-Length", first)


class KeepsATail:
    """Stores every further file of a name with a byte behind it.

    Uploads of one name are taken one after another, so that the first to come is not the last to be stored.
    """

    def __init__(self) -> None:
        self._known: set[Key] = set()
        self._turns: dict[Key, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Lengthen a repeated upload."""
        target = package_file(request)
        if target is None or not publishes(request):
            return await exchange.forward(request)
        async with self._turns[target.decoded]:
            if target.decoded in self._known:
                exchange.bend()
                return await exchange.forward(request.chunked(followed(request.body, b"\0")))
            self._known.add(target.decoded)
            return await exchange.forward(request)


class TagsByName:
    """Gives every file of a name the same ETag."""

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Answer 304 to whoever knows the tag, and put it on every download."""
        target = package_file(request)
        if target is None or not reads(request):
            return await exchange.forward(request)
        tag = f'"{zlib.crc32(repr(target.decoded).encode()):x}"'
        exchange.bend()
        if request.header("if-none-match") == tag:
            return Answer(NOT_MODIFIED, (("ETag", tag),), whole(b""), "Not Modified")
        return (await exchange.forward(request)).with_header("ETag", tag)


class ReplacesThePackage:
    """Forgets a package's other files when a file of it is published again."""

    def __init__(self) -> None:
        self._files: dict[Key, set[str]] = defaultdict(set)
        self._lost: set[Key] = set()

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Answer 404 for a lost file."""
        target = package_file(request)
        if target is None:
            return await exchange.forward(request)
        if publishes(request):
            self._note(target.package, target.decoded[3])
        elif reads(request) and target.decoded in self._lost:
            exchange.bend()
            return message_answer(404)
        return await exchange.forward(request)

    def _note(self, package: Key, file_name: str) -> None:
        files = self._files[package]
        if file_name in files:
            self._lost |= {(*package, other) for other in files - {file_name}}
        self._lost.discard((*package, file_name))
        files.add(file_name)


FAULTS = (
    Fault("newest.first-file-wins", "The first file of a name stays for ever.", FirstFileWins),
    Fault(
        "newest.caches-downloads",
        "What was once downloaded is served from a cache for ever.",
        CachesForEver,
    ),
    Fault("newest.head-describes-the-first", "HEAD describes the first file of a name.", DescribesTheFirst),
    Fault("newest.keeps-a-tail", "A file published again keeps the end of the older one.", KeepsATail),
    Fault("newest.tags-by-name", "The ETag follows from the file's name.", TagsByName),
    Fault(
        "newest.replaces-the-package",
        "Publishing a file again drops the package's other files.",
        ReplacesThePackage,
    ),
)
