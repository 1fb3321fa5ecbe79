"""The client of the stream of operations."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import grpc
import pytest
from generic_packages.storage.v1 import packages_pb2 as pb
from generic_packages.storage.v1.credential_pb2 import AUTHENTICATION_SCHEME_PRIVATE_TOKEN, Credential
from generic_packages.storage.v1.operations_pb2 import OperateRequest, OperateResponse, Operation, OperationOutcome

from reference_server.contract.failure import Failure, Reason
from reference_server.contract.limits import COALESCED_BYTES, SMALL_CONTENT_BYTES
from reference_server.contract.status import TransportFailure, to_status
from reference_server.frontend.storage_link.operations import Operations
from tests.support.scripted_storage import Script, Stream, forever, linked

OpenLink = Callable[..., Awaitable[Operations]]


@pytest.fixture
async def link(tmp_path: Path) -> AsyncIterator[OpenLink]:
    """Open links to storages that run scripts; all are closed after the test."""
    async with AsyncExitStack() as opened:

        async def open_link(*scripts: Script, **options: Any) -> Operations:  # noqa: ANN401 -- those of `linked`
            return await opened.enter_async_context(linked(tmp_path, *scripts, **options))

        yield open_link


def question(name: str) -> pb.OpenPackageFileRequest:
    return pb.OpenPackageFileRequest(coordinates=pb.PackageFileCoordinates(file_name=name))


def open_file(
    operations: Operations, name: str = "file", seconds: float = 20
) -> asyncio.Task[pb.OpenPackageFileResponse]:
    return asyncio.create_task(operations.open_package_file(question(name), request_id=name, seconds=seconds))


def outcome(operation: Operation) -> OperationOutcome:
    record = pb.PackageFile(file_name=operation.open_package_file.coordinates.file_name)
    return OperationOutcome(tag=operation.tag, open_package_file=pb.OpenPackageFileResponse(package_file=record))


class Answering:
    """Answers the questions of each message, the last one first, and keeps every message."""

    def __init__(self) -> None:
        self.messages: list[OperateRequest] = []

    async def __call__(self, stream: Stream) -> None:
        while True:
            message = await stream.read()
            self.messages.append(message)
            asked = [operation for operation in message.operations if not operation.HasField("cancel")]
            await stream.answer(OperateResponse(outcomes=[outcome(operation) for operation in reversed(asked)]))


class Silent:
    """Answers nothing, and keeps every operation."""

    def __init__(self) -> None:
        self.operations: asyncio.Queue[Operation] = asyncio.Queue()

    async def __call__(self, stream: Stream) -> None:
        while True:
            for operation in (await stream.read()).operations:
                self.operations.put_nowait(operation)


async def test_each_operation_gets_its_own_outcome(link: OpenLink) -> None:
    operations = await link(Answering())
    names = [f"file-{number}" for number in range(200)]
    answers = await asyncio.gather(*(open_file(operations, name) for name in names))
    assert [answer.package_file.file_name for answer in answers] == names


async def test_what_waits_goes_in_one_message(link: OpenLink) -> None:
    storage = Answering()
    operations = await link(storage)
    await open_file(operations)
    await asyncio.gather(*(open_file(operations, f"file-{number}") for number in range(50)))
    first, second = storage.messages
    assert (len(first.operations), len(second.operations)) == (1, 50)
    assert {operation.request_id for operation in second.operations} == {f"file-{n}" for n in range(50)}
    assert {operation.timeout_milliseconds for operation in second.operations} == {20_000}


LONG_QUESTION = pb.OpenPackageFileRequest(
    credentials=[Credential(scheme=AUTHENTICATION_SCHEME_PRIVATE_TOKEN, secret="t" * 900)],
    coordinates=pb.PackageFileCoordinates(project="p", package_name="n", package_version="v", file_name="f" * 8000),
)
FULL_PUBLICATION = pb.PublishRequest(content=bytes(SMALL_CONTENT_BYTES))


@pytest.mark.parametrize(("asked", "count"), [(FULL_PUBLICATION, 64), (LONG_QUESTION, 700)])
async def test_a_message_stays_within_its_size(
    link: OpenLink, asked: pb.PublishRequest | pb.OpenPackageFileRequest, count: int
) -> None:
    storage = Answering()
    operations = await link(storage)

    async def ask() -> None:
        if isinstance(asked, pb.PublishRequest):
            await operations.publish(asked, request_id="x", seconds=20)
        else:
            await operations.open_package_file(asked, request_id="x", seconds=20)

    await asyncio.gather(*(ask() for _ in range(count)))
    sizes = [message.ByteSize() for message in storage.messages]
    assert sum(sizes) > count * asked.ByteSize()
    assert max(sizes) < COALESCED_BYTES + 2 * SMALL_CONTENT_BYTES


async def test_a_refusal_is_raised_with_its_reason(link: OpenLink) -> None:
    async def refusing(stream: Stream) -> None:
        message = await stream.read()
        status = to_status(Failure(Reason.PARAMETER_INVALID, "no", parameter="file_name"))
        await stream.answer(OperateResponse(outcomes=[OperationOutcome(tag=message.operations[0].tag, failure=status)]))
        await forever(stream)

    operations = await link(refusing)
    with pytest.raises(Failure) as refusal:
        await open_file(operations)
    assert (refusal.value.reason, refusal.value.metadata) == (Reason.PARAMETER_INVALID, {"parameter": "file_name"})


async def test_an_operation_out_of_time_fails_and_is_cancelled(link: OpenLink) -> None:
    storage = Silent()
    operations = await link(storage)
    with pytest.raises(TransportFailure) as failure:
        await open_file(operations, seconds=0.05)
    assert failure.value.code is grpc.StatusCode.DEADLINE_EXCEEDED
    sent, cancelled = await storage.operations.get(), await storage.operations.get()
    assert (sent.tag, sent.timeout_milliseconds) == (cancelled.tag, 50)
    assert cancelled.HasField("cancel")


async def test_a_caller_that_is_cancelled_cancels_its_operation(link: OpenLink) -> None:
    storage = Silent()
    operations = await link(storage)
    task = open_file(operations)
    sent = await storage.operations.get()
    task.cancel()
    cancelled = await storage.operations.get()
    assert (cancelled.tag, cancelled.HasField("cancel")) == (sent.tag, True)
    assert task.cancelled() or task.cancelling()


async def test_an_outcome_that_nobody_waits_for_any_more_is_dropped(link: OpenLink) -> None:
    async def late(stream: Stream) -> None:
        first = (await stream.read()).operations[0]
        while True:
            message = await stream.read()
            asked = [operation for operation in message.operations if operation.HasField("open_package_file")]
            await stream.answer(OperateResponse(outcomes=[outcome(first), *(outcome(item) for item in asked)]))

    operations = await link(late)
    with pytest.raises(TransportFailure):
        await open_file(operations, "first", seconds=0.05)
    assert (await open_file(operations, "second")).package_file.file_name == "second"


async def test_an_upload_that_is_begun_too_late_for_whoever_asked_is_an_orphan(link: OpenLink) -> None:
    cancelled = asyncio.Event()

    async def late(stream: Stream) -> None:
        first = (await stream.read()).operations[0]
        assert (await stream.read()).operations[0].HasField("cancel")
        begun = pb.BeginPublicationResponse(upload_id="late")
        await stream.answer(OperateResponse(outcomes=[OperationOutcome(tag=first.tag, begin_publication=begun)]))
        cancelled.set()
        await Answering()(stream)

    orphans: list[str] = []
    operations = await link(late, orphans=orphans)
    with pytest.raises(TransportFailure):
        await operations.begin_publication(pb.BeginPublicationRequest(), request_id="x", seconds=0.05)
    await cancelled.wait()
    await open_file(operations)
    assert orphans == ["late"]


async def test_too_many_operations_are_refused_at_once(link: OpenLink) -> None:
    operations = await link(forever, outstanding=3)
    waiting = [open_file(operations) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Failure) as refusal:
        await open_file(operations)
    assert refusal.value.reason is Reason.OVERLOADED
    for task in waiting:
        task.cancel()


async def breaking(stream: Stream) -> None:
    await stream.read()


async def crashing(stream: Stream) -> None:
    await stream.read()
    raise RuntimeError("a defect of the storage")


@pytest.mark.parametrize("ending", [breaking, crashing])
async def test_a_broken_stream_fails_what_it_carried_and_is_reopened(link: OpenLink, ending: Script) -> None:
    operations = await link(ending, Answering())
    carried = await asyncio.gather(*(open_file(operations) for _ in range(5)), return_exceptions=True)
    assert {type(failure) for failure in carried} == {TransportFailure}
    codes = {failure.code for failure in carried if isinstance(failure, TransportFailure)}
    assert codes == {grpc.StatusCode.UNAVAILABLE}
    assert (await until_answered(operations)).package_file.file_name == "again"


async def test_while_the_storage_is_away_operations_fail_at_once(link: OpenLink) -> None:
    operations = await link(breaking)
    with pytest.raises(TransportFailure):
        await open_file(operations)
    with pytest.raises(TransportFailure) as failure:
        await asyncio.wait_for(open_file(operations), timeout=5)
    assert failure.value.code is grpc.StatusCode.UNAVAILABLE


async def test_closing_fails_what_is_under_way(link: OpenLink) -> None:
    operations = await link(forever)
    task = open_file(operations)
    await asyncio.sleep(0)
    await operations.close()
    with pytest.raises(TransportFailure) as failure:
        await task
    assert failure.value.code is grpc.StatusCode.UNAVAILABLE


async def until_answered(operations: Operations) -> pb.OpenPackageFileResponse:
    while True:
        try:
            return await open_file(operations, "again")
        except TransportFailure:
            await asyncio.sleep(0.01)
