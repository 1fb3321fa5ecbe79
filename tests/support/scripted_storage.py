"""A storage whose stream of operations does what a test says."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
from generic_packages.storage.v1.operations_pb2 import OperateRequest, OperateResponse
from generic_packages.storage.v1.operations_pb2_grpc import (
    OperationsServiceServicer,
    add_OperationsServiceServicer_to_server,
)

from reference_server.contract.addresses import UnixAddress
from reference_server.frontend.storage_link.channels import open_decision_channel
from reference_server.frontend.storage_link.operations import Operations

Context = grpc.aio.ServicerContext[OperateRequest, OperateResponse]
Script = Callable[["Stream"], Awaitable[None]]


class Stream:
    def __init__(self, context: Context) -> None:
        self._context = context

    async def read(self) -> OperateRequest:
        """Read the next message; raises when the front end has ended the stream."""
        message = await self._context.read()
        assert isinstance(message, OperateRequest)
        return message

    async def answer(self, response: OperateResponse) -> None:
        await self._context.write(response)


class ScriptedStorage(OperationsServiceServicer):
    """Runs its scripts, one for each stream in turn; the last one serves all that follow."""

    def __init__(self, *scripts: Script) -> None:
        self._scripts = itertools.chain(scripts, itertools.repeat(scripts[-1]))

    async def Operate(self, request_iterator: object, context: Context) -> None:  # type: ignore[override]  # noqa: N802 -- the style that reads and writes by itself
        del request_iterator
        await next(self._scripts)(Stream(context))


@asynccontextmanager
async def linked(
    folder: Path, *scripts: Script, outstanding: int = 1024, orphans: list[str] | None = None
) -> AsyncIterator[Operations]:
    """Serve a storage that runs scripts and open a link to it; the ids of orphaned uploads are added to `orphans`."""
    kept = [] if orphans is None else orphans
    server = grpc.aio.server()
    add_OperationsServiceServicer_to_server(ScriptedStorage(*scripts), server)
    address = UnixAddress(str(folder / "socket"))
    server.add_insecure_port(address.target)
    await server.start()
    channel = open_decision_channel(address)
    operations = Operations(channel, outstanding=outstanding, on_break=lambda: None, on_orphan=kept.append)
    operations.start()
    try:
        yield operations
    finally:
        await operations.close()
        await channel.close()
        await server.stop(0)


async def forever(_: Stream) -> None:
    await asyncio.Event().wait()
