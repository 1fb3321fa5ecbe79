"""The client of the stream of operations."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import grpc
import pytest
from generic_packages.storage.v1.credential_pb2 import AUTHENTICATION_SCHEME_PRIVATE_TOKEN, Credential
from generic_packages.storage.v1.operations_pb2 import OperateRequest, OperateResponse, Operation, OperationOutcome
from generic_packages.storage.v1.packages_pb2 import (
    BeginPublicationRequest,
    BeginPublicationResponse,
    OpenPackageFileRequest,
    OpenPackageFileResponse,
    PackageFile,
    PackageFileCoordinates,
    PublishRequest,
)

from reference_server.contract.failure import Failure, Reason
from reference_server.contract.limits import COALESCED_BYTES, SMALL_CONTENT_BYTES
from reference_server.contract.status import TransportFailure, to_status
from reference_server.frontend.storage_link.operations import Operations
from tests.support.scripted_storage import ScriptedStorage, Stream, forever, linked

Body = Callable[[Operations], Awaitable[None]]


def run(folder: Path, storage: ScriptedStorage, body: Body, *, outstanding: int = 1024) -> None:
    async def within() -> None:
        async with asyncio.timeout(30), linked(storage, folder, outstanding=outstanding) as operations:
            await body(operations)

    asyncio.run(within())


def question(name: str) -> OpenPackageFileRequest:
    return OpenPackageFileRequest(coordinates=PackageFileCoordinates(file_name=name))


def open_file(operations: Operations, name: str = "file", seconds: float = 20) -> asyncio.Task[OpenPackageFileResponse]:
    return asyncio.create_task(operations.open_package_file(question(name), request_id=name, seconds=seconds))


def outcome(operation: Operation) -> OperationOutcome:
    record = PackageFile(file_name=operation.open_package_file.coordinates.file_name)
    return OperationOutcome(tag=operation.tag, open_package_file=OpenPackageFileResponse(package_file=record))


async def answering(stream: Stream) -> None:
    while True:
        message = await stream.read()
        asked = [operation for operation in message.operations if operation.HasField("open_package_file")]
        await stream.answer(OperateResponse(outcomes=[outcome(operation) for operation in reversed(asked)]))


def test_each_operation_gets_its_own_outcome(tmp_path: Path) -> None:
    async def body(operations: Operations) -> None:
        names = [f"file-{number}" for number in range(200)]
        answers = await asyncio.gather(*(open_file(operations, name) for name in names))
        assert [answer.package_file.file_name for answer in answers] == names

    run(tmp_path, ScriptedStorage(answering), body)


def test_what_waits_goes_in_one_message(tmp_path: Path) -> None:
    received: list[OperateRequest] = []

    async def recording(stream: Stream) -> None:
        while True:
            message = await stream.read()
            received.append(message)
            await stream.answer(OperateResponse(outcomes=[outcome(operation) for operation in message.operations]))

    async def body(operations: Operations) -> None:
        await open_file(operations)
        await asyncio.gather(*(open_file(operations, f"file-{number}") for number in range(50)))
        assert [len(message.operations) for message in received] == [1, 50]
        assert {operation.request_id for operation in received[1].operations} == {f"file-{n}" for n in range(50)}
        assert {operation.timeout_milliseconds for operation in received[1].operations} == {20_000}

    run(tmp_path, ScriptedStorage(recording), body)


LONG_QUESTION = OpenPackageFileRequest(
    credentials=[Credential(scheme=AUTHENTICATION_SCHEME_PRIVATE_TOKEN, secret="t" * 900)],
    coordinates=PackageFileCoordinates(project="p", package_name="n", package_version="v", file_name="f" * 8000),
)
FULL_PUBLICATION = PublishRequest(content=bytes(SMALL_CONTENT_BYTES))


@pytest.mark.parametrize(("asked", "count"), [(FULL_PUBLICATION, 64), (LONG_QUESTION, 700)])
def test_a_message_stays_within_its_size(
    tmp_path: Path, asked: PublishRequest | OpenPackageFileRequest, count: int
) -> None:
    sizes: list[int] = []

    async def recording(stream: Stream) -> None:
        while True:
            message = await stream.read()
            sizes.append(message.ByteSize())
            await stream.answer(
                OperateResponse(outcomes=[OperationOutcome(tag=operation.tag) for operation in message.operations])
            )

    async def ask(operations: Operations) -> None:
        if isinstance(asked, PublishRequest):
            await operations.publish(asked, request_id="x", seconds=20)
        else:
            await operations.open_package_file(asked, request_id="x", seconds=20)

    async def body(operations: Operations) -> None:
        await asyncio.gather(*(ask(operations) for _ in range(count)))
        assert sum(sizes) > count * asked.ByteSize()
        assert max(sizes) < COALESCED_BYTES + 2 * SMALL_CONTENT_BYTES

    run(tmp_path, ScriptedStorage(recording), body)


def test_a_refusal_is_raised_with_its_reason(tmp_path: Path) -> None:
    async def refusing(stream: Stream) -> None:
        message = await stream.read()
        status = to_status(Failure(Reason.PARAMETER_INVALID, "no", parameter="file_name"))
        await stream.answer(OperateResponse(outcomes=[OperationOutcome(tag=message.operations[0].tag, failure=status)]))
        await forever(stream)

    async def body(operations: Operations) -> None:
        with pytest.raises(Failure) as refusal:
            await open_file(operations)
        assert (refusal.value.reason, refusal.value.metadata) == (Reason.PARAMETER_INVALID, {"parameter": "file_name"})

    run(tmp_path, ScriptedStorage(refusing), body)


def test_an_operation_out_of_time_fails_and_is_cancelled(tmp_path: Path) -> None:
    received: asyncio.Queue[Operation] = asyncio.Queue()

    async def recording(stream: Stream) -> None:
        while True:
            for operation in (await stream.read()).operations:
                received.put_nowait(operation)

    async def body(operations: Operations) -> None:
        with pytest.raises(TransportFailure) as failure:
            await open_file(operations, seconds=0.05)
        assert failure.value.code is grpc.StatusCode.DEADLINE_EXCEEDED
        sent, cancelled = await received.get(), await received.get()
        assert (sent.tag, sent.timeout_milliseconds) == (cancelled.tag, 50)
        assert cancelled.HasField("cancel")

    run(tmp_path, ScriptedStorage(recording), body)


def test_a_caller_that_is_cancelled_cancels_its_operation(tmp_path: Path) -> None:
    received: asyncio.Queue[Operation] = asyncio.Queue()

    async def recording(stream: Stream) -> None:
        while True:
            for operation in (await stream.read()).operations:
                received.put_nowait(operation)

    async def body(operations: Operations) -> None:
        task = open_file(operations)
        sent = await received.get()
        task.cancel()
        cancelled = await received.get()
        assert (cancelled.tag, cancelled.HasField("cancel")) == (sent.tag, True)
        assert task.cancelled() or task.cancelling()

    run(tmp_path, ScriptedStorage(recording), body)


def test_an_outcome_that_nobody_waits_for_any_more_is_dropped(tmp_path: Path) -> None:
    async def late(stream: Stream) -> None:
        first = (await stream.read()).operations[0]
        while True:
            message = await stream.read()
            asked = [operation for operation in message.operations if operation.HasField("open_package_file")]
            await stream.answer(OperateResponse(outcomes=[outcome(first), *(outcome(item) for item in asked)]))

    async def body(operations: Operations) -> None:
        with pytest.raises(TransportFailure):
            await open_file(operations, "first", seconds=0.05)
        assert (await open_file(operations, "second")).package_file.file_name == "second"

    run(tmp_path, ScriptedStorage(late), body)


def test_an_upload_that_is_begun_too_late_for_whoever_asked_is_an_orphan(tmp_path: Path) -> None:
    cancelled = asyncio.Event()

    async def late(stream: Stream) -> None:
        first = (await stream.read()).operations[0]
        assert (await stream.read()).operations[0].HasField("cancel")
        begun = BeginPublicationResponse(upload_id="late")
        await stream.answer(OperateResponse(outcomes=[OperationOutcome(tag=first.tag, begin_publication=begun)]))
        cancelled.set()
        await answering(stream)

    async def within() -> None:
        orphans: list[str] = []
        async with asyncio.timeout(30), linked(ScriptedStorage(late), tmp_path, orphans=orphans) as operations:
            with pytest.raises(TransportFailure):
                await operations.begin_publication(BeginPublicationRequest(), request_id="x", seconds=0.05)
            await cancelled.wait()
            await open_file(operations)
            assert orphans == ["late"]

    asyncio.run(within())


def test_too_many_operations_are_refused_at_once(tmp_path: Path) -> None:
    async def body(operations: Operations) -> None:
        waiting = [open_file(operations) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Failure) as refusal:
            await open_file(operations)
        assert refusal.value.reason is Reason.OVERLOADED
        for task in waiting:
            task.cancel()

    run(tmp_path, ScriptedStorage(forever), body, outstanding=3)


async def breaking(stream: Stream) -> None:
    await stream.read()


async def crashing(stream: Stream) -> None:
    await stream.read()
    raise RuntimeError("a defect of the storage")


@pytest.mark.parametrize("ending", [breaking, crashing])
def test_a_broken_stream_fails_what_it_carried_and_is_reopened(
    tmp_path: Path, ending: Callable[[Stream], Awaitable[None]]
) -> None:
    async def body(operations: Operations) -> None:
        carried = await asyncio.gather(*(open_file(operations) for _ in range(5)), return_exceptions=True)
        assert {type(failure) for failure in carried} == {TransportFailure}
        codes = {failure.code for failure in carried if isinstance(failure, TransportFailure)}
        assert codes == {grpc.StatusCode.UNAVAILABLE}
        assert (await until_answered(operations)).package_file.file_name == "again"

    run(tmp_path, ScriptedStorage(ending, answering), body)


def test_while_the_storage_is_away_operations_fail_at_once(tmp_path: Path) -> None:
    async def body(operations: Operations) -> None:
        with pytest.raises(TransportFailure):
            await open_file(operations)
        with pytest.raises(TransportFailure) as failure:
            await asyncio.wait_for(open_file(operations), timeout=5)
        assert failure.value.code is grpc.StatusCode.UNAVAILABLE

    run(tmp_path, ScriptedStorage(breaking), body)


def test_closing_fails_what_is_under_way(tmp_path: Path) -> None:
    async def body(operations: Operations) -> None:
        task = open_file(operations)
        await asyncio.sleep(0)
        await operations.close()
        with pytest.raises(TransportFailure) as failure:
            await task
        assert failure.value.code is grpc.StatusCode.UNAVAILABLE

    run(tmp_path, ScriptedStorage(forever), body)


async def until_answered(operations: Operations) -> OpenPackageFileResponse:
    while True:
        try:
            return await open_file(operations, "again")
        except TransportFailure:
            await asyncio.sleep(0.01)
