"""Bodies spoilt on their way through, in constant memory."""

from __future__ import annotations

from conformance.selftest.messages import Body


async def flipped(body: Body, offset: int) -> Body:
    """Give a body with the byte at `offset` inverted, where there is one."""
    start = 0
    async for part in body:
        if start <= offset < start + len(part):
            at = offset - start
            yield part[:at] + bytes([part[at] ^ 0xFF]) + part[at + 1 :]
        else:
            yield part
        start += len(part)


async def first(body: Body, length: int) -> Body:
    """Give the first `length` bytes of a body and read the rest without giving it."""
    left = length
    async for part in body:
        if left > 0:
            yield part[:left]
        left -= len(part)


async def shortened(body: Body, missing: int) -> Body:
    """Give a body without its last `missing` bytes."""
    held = b""
    async for part in body:
        held += part
        if len(held) > missing:
            yield held[:-missing]
            held = held[-missing:]


async def followed(body: Body, tail: bytes) -> Body:
    """Give a body and then `tail`."""
    async for part in body:
        yield part
    yield tail
