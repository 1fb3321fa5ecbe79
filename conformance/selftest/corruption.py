"""Bodies spoilt on their way through, in constant memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from conformance.selftest.client_connection import ClientGoneError, MalformedBodyError
from conformance.selftest.messages import Body


async def flipped(body: Body, offset: int) -> Body:
    """Yield a body with the byte at `offset` inverted, where there is one."""
    start = 0
    async for part in body:
        if start <= offset < start + len(part):
            at = offset - start
            yield part[:at] + bytes([part[at] ^ 0xFF]) + part[at + 1 :]
        else:
            yield part
        start += len(part)


async def shortened(body: Body, missing: int) -> Body:
    """Yield a body without its last `missing` bytes, which must be at least one."""
    held = b""
    async for part in body:
        held += part
        if len(held) > missing:
            yield held[:-missing]
            held = held[-missing:]


async def followed(body: Body, tail: bytes) -> Body:
    """Yield a body and then `tail`."""
    async for part in body:
        yield part
    yield tail


async def taken_as_whole(body: Body, broken: Callable[[], None]) -> Body:
    """Yield what arrives of a body; call `broken`, and raise nothing, when it breaks off."""
    try:
        async for part in body:
            yield part
    except (ClientGoneError, MalformedBodyError):
        broken()


async def unending_when_malformed(body: Body, malformed: Callable[[], None]) -> Body:
    """Yield a body as it is; call `malformed`, and never end, where its chunks are no chunks."""
    try:
        async for part in body:
            yield part
    except MalformedBodyError:
        malformed()
        await asyncio.Event().wait()


async def watched(body: Body, broken: Callable[[], None]) -> Body:
    """Yield a body as it is; call `broken` when it breaks off."""
    try:
        async for part in body:
            yield part
    except (ClientGoneError, MalformedBodyError):
        broken()
        raise


async def exactly(parts: Body, length: int) -> Body:
    """Yield the first `length` bytes and read no further."""
    left = length
    async for part in parts:
        yield part[:left]
        left -= len(part)
        if left <= 0:
            return
