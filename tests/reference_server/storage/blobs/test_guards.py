"""Guards over one content."""

import asyncio

from reference_server.storage.blobs.guards import DigestGuards

A, B = b"a" * 32, b"b" * 32


async def test_one_content_is_held_by_one_at_a_time_and_another_is_free() -> None:
    guards, events = DigestGuards(), []
    first_in, go_on = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with guards.hold(A):
            first_in.set()
            await go_on.wait()
            events.append("first leaves")

    async def second() -> None:
        await first_in.wait()
        async with guards.hold(A):
            events.append("second enters")

    async def other() -> None:
        await first_in.wait()
        async with guards.hold(B):
            events.append("other enters")
            go_on.set()

    await asyncio.gather(first(), second(), other())
    assert events == ["other enters", "first leaves", "second enters"]


async def test_a_guard_that_nobody_holds_is_forgotten() -> None:
    guards = DigestGuards()

    async def hold() -> None:
        async with guards.hold(A):
            await asyncio.sleep(0)

    tasks = [asyncio.create_task(hold()) for _ in range(5)]
    await asyncio.sleep(0)
    tasks[3].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert guards._locks == {}
