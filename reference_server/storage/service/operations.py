"""OperationsService."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import grpc
from generic_packages.storage.v1 import operations_pb2 as pb
from generic_packages.storage.v1.operations_pb2_grpc import OperationsServiceServicer

from reference_server.contract.status import TransportFailure
from reference_server.storage.service.audit import AuditLog
from reference_server.storage.service.calls import CallLog, Context
from reference_server.storage.service.hot_operations import HotOperations
from reference_server.storage.service.operation_stream import OperationStream


class OperationsServicer(OperationsServiceServicer):
    """Keeps the streams of operations of all front ends."""

    def __init__(self, operations: HotOperations, log: CallLog, audit: AuditLog) -> None:
        self.operations = operations
        self._log = log
        self._audit = audit
        self._reading: set[asyncio.Task[None]] = set()
        self._draining = False

    async def Operate(
        self, request_iterator: AsyncIterator[pb.OperateRequest], context: Context
    ) -> AsyncIterator[pb.OperateResponse]:
        """Run operations until the caller half-closes, or the storage stops."""
        stream = OperationStream(self.operations, self._log, self._audit)
        reading = asyncio.create_task(stream.read(request_iterator), name="operations")
        self._reading.add(reading)
        if self._draining:
            reading.cancel()
        try:
            # The first answer would otherwise be the first thing that the caller hears, however long it takes.
            await context.send_initial_metadata(())
            async for response in stream.responses():
                yield response
        finally:
            self._reading.discard(reading)
            reading.cancel()
            stream.give_up()
        if self._draining:
            raise TransportFailure(grpc.StatusCode.UNAVAILABLE, "the storage stops")

    def drain(self) -> None:
        """Read no more operations; each stream ends when what runs on it has its outcome."""
        self._draining = True
        for reading in self._reading:
            reading.cancel()
