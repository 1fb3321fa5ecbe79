"""Uploads whose begin was answered to nobody: they are ended, not kept for an hour."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from generic_packages.storage.v1 import operations_pb2 as ops
from generic_packages.storage.v1 import packages_pb2 as pb

from reference_server.storage.service.audit import AuditLog
from reference_server.storage.service.calls import CallLog
from reference_server.storage.service.hot_operations import HotOperations
from reference_server.storage.service.operation_stream import OperationStream

BEGIN = ops.Operation(tag=1, timeout_milliseconds=1000, begin_publication=pb.BeginPublicationRequest())
CANCEL = ops.Operation(tag=1, cancel=ops.CancelOperation())


class Begins(HotOperations):
    """Begins an upload of a known id, and remembers what was abandoned."""

    abandoned: list[str]

    def __init__(self) -> None:  # it needs nothing of what the real ones work with
        object.__setattr__(self, "abandoned", [])

    def begin(self, _request: pb.BeginPublicationRequest) -> pb.BeginPublicationResponse:
        return pb.BeginPublicationResponse(upload_id="upload")

    def abandon(self, upload_id: str) -> None:
        self.abandoned.append(upload_id)


async def requests(*operations: ops.Operation) -> AsyncIterator[ops.OperateRequest]:
    yield ops.OperateRequest(operations=operations)


Fate = Callable[[OperationStream], Awaitable[None]]


async def never_sent(_: OperationStream) -> None:
    """Break before the outcome is taken."""


async def broken_while_sent(stream: OperationStream) -> None:
    await anext(stream.responses())


async def sent(stream: OperationStream) -> None:
    assert [len(message.outcomes) async for message in stream.responses()] == [1]


@pytest.mark.parametrize(
    ("operations", "fate", "abandoned"),
    [
        ([BEGIN], never_sent, ["upload"]),
        ([BEGIN], broken_while_sent, ["upload"]),
        ([BEGIN], sent, []),
        ([BEGIN, CANCEL], sent, ["upload"]),
    ],
)
async def test_an_upload_is_ended_unless_its_caller_heard_of_it(
    operations: list[ops.Operation], fate: Fate, abandoned: list[str]
) -> None:
    begins = Begins()
    stream = OperationStream(begins, CallLog(), AuditLog(None))
    await stream.read(requests(*operations))
    await fate(stream)
    stream.give_up()
    assert begins.abandoned == abandoned
