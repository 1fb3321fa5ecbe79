"""The client of the stream of operations: many operations at a time on one long-lived call (operations.proto)."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Callable

import grpc
import structlog
from generic_packages.storage.v1.operations_pb2 import (
    CancelOperation,
    OperateRequest,
    OperateResponse,
    Operation,
    OperationOutcome,
)
from generic_packages.storage.v1.operations_pb2_grpc import OperationsServiceStub
from generic_packages.storage.v1.packages_pb2 import (
    BeginPublicationRequest,
    BeginPublicationResponse,
    CommitPublicationRequest,
    CommitPublicationResponse,
    OpenPackageFileRequest,
    OpenPackageFileResponse,
    PublishRequest,
    PublishResponse,
)

from reference_server.contract.failure import Failure, Reason
from reference_server.contract.limits import COALESCED_BYTES, OPERATIONS_PER_STREAM
from reference_server.contract.status import TransportFailure, read_status
from reference_server.frontend.http.client_address import CLIENT_ADDRESS

Call = grpc.aio.StreamStreamCall[OperateRequest, OperateResponse]

_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 1.0


class Operations:
    """The client of OperationsService.Operate.

    Every call raises Failure (a refusal by the storage, or OVERLOADED when too many operations are under way) or
    TransportFailure (UNAVAILABLE: the stream broke, what became of the operation is unknown; DEADLINE_EXCEEDED).
    A caller that is cancelled cancels its operation. `on_orphan` is given the id of an upload that was begun too late
    for whoever asked for it.
    """

    def __init__(
        self,
        channel: grpc.aio.Channel,
        *,
        outstanding: int = OPERATIONS_PER_STREAM,
        on_break: Callable[[], None],
        on_orphan: Callable[[str], None],
    ) -> None:
        self._stub = OperationsServiceStub(channel)
        self._limit = outstanding
        self._on_break = on_break
        self._on_orphan = on_orphan
        self._tags = itertools.count(1)
        # A cancelled operation stays here, without its future, until the storage has let go of its tag.
        self._outstanding: dict[int, asyncio.Future[OperationOutcome] | None] = {}
        self._waiting: deque[Operation] = deque()
        self._wake: asyncio.Event = asyncio.Event()
        self._broken: TransportFailure | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def available(self) -> bool:
        """Return whether operations are taken, not refused because the stream broke and has yet to be opened again."""
        return self._broken is None

    def start(self) -> None:
        """Open the stream, and keep it open until `close`."""
        self._task = asyncio.create_task(self._keep_open(), name="operations")

    async def close(self) -> None:
        """End the stream; operations under way fail as unavailable."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        self._fail_all(TransportFailure(grpc.StatusCode.UNAVAILABLE, "the front end is stopping"))

    async def publish(self, request: PublishRequest, *, request_id: str, seconds: float) -> PublishResponse:
        """Publish a small file."""
        operation = Operation(tag=next(self._tags), request_id=request_id, publish=request)
        return (await self._perform(operation, seconds)).publish

    async def begin_publication(
        self, request: BeginPublicationRequest, *, request_id: str, seconds: float
    ) -> BeginPublicationResponse:
        """Ask permission to publish a larger file."""
        operation = Operation(tag=next(self._tags), request_id=request_id, begin_publication=request)
        return (await self._perform(operation, seconds)).begin_publication

    async def commit_publication(
        self, request: CommitPublicationRequest, *, request_id: str, seconds: float
    ) -> CommitPublicationResponse:
        """Make a begun upload the newest file."""
        operation = Operation(tag=next(self._tags), request_id=request_id, commit_publication=request)
        return (await self._perform(operation, seconds)).commit_publication

    async def open_package_file(
        self, request: OpenPackageFileRequest, *, request_id: str, seconds: float
    ) -> OpenPackageFileResponse:
        """Find a file and the way to its bytes."""
        operation = Operation(tag=next(self._tags), request_id=request_id, open_package_file=request)
        return (await self._perform(operation, seconds)).open_package_file

    async def _perform(self, operation: Operation, seconds: float) -> OperationOutcome:
        """Send an operation and wait for its outcome; a refusal is raised."""
        if self._broken is not None:
            raise TransportFailure(self._broken.code, self._broken.message)
        if len(self._outstanding) >= self._limit:
            raise Failure(Reason.OVERLOADED, "too many operations under way", retry_after_seconds="1")
        loop = asyncio.get_running_loop()
        tag = operation.tag
        operation.timeout_milliseconds = max(1, round(seconds * 1000))
        operation.client_address = CLIENT_ADDRESS.get()
        future: asyncio.Future[OperationOutcome] = loop.create_future()
        self._outstanding[tag] = future
        self._enqueue(operation)
        timer = loop.call_later(seconds, self._expire, tag)
        try:
            outcome = await future
        except asyncio.CancelledError:
            self._let_go(tag)
            raise
        finally:
            timer.cancel()
        if outcome.HasField("failure"):
            raise read_status(outcome.failure)
        return outcome

    def _enqueue(self, operation: Operation) -> None:
        """Add to what the next message carries."""
        self._waiting.append(operation)
        self._wake.set()

    def _expire(self, tag: int) -> None:
        """End the wait for an operation that is out of time."""
        future = self._outstanding.get(tag)
        if future is not None and not future.done():
            self._let_go(tag)
            future.set_exception(
                TransportFailure(grpc.StatusCode.DEADLINE_EXCEEDED, "the storage did not answer in time")
            )

    def _let_go(self, tag: int) -> None:
        """Tell the storage that nobody waits for the operation any more."""
        if self._outstanding.get(tag) is not None:
            self._outstanding[tag] = None
            self._enqueue(Operation(tag=tag, cancel=CancelOperation()))

    async def _keep_open(self) -> None:
        """Reopen the stream whenever it breaks, with a pause that grows while it does nothing but break."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            delivered = asyncio.Event()
            failure = await self._carry(delivered)
            self._broken = failure
            self._fail_all(failure)
            self._on_break()
            if delivered.is_set():
                pause = _FIRST_PAUSE_SECONDS
            if pause == _FIRST_PAUSE_SECONDS:
                structlog.get_logger().warning("storage stream broke", detail=failure.message)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
            self._broken = None

    async def _carry(self, delivered: asyncio.Event) -> TransportFailure:
        """Carry operations on one stream until it breaks, and return why it did."""
        call = self._stub.Operate()
        both = [asyncio.create_task(self._send(call)), asyncio.create_task(self._receive(call, delivered))]
        try:
            done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            return _explain(done.pop().exception())
        finally:
            for task in both:
                task.cancel()
            call.cancel()
            await asyncio.wait(both)

    async def _send(self, call: Call) -> None:
        """Send what waits, as one message, each time the one before has left."""
        while True:
            while not self._waiting:
                self._wake.clear()
                await self._wake.wait()
            await call.write(OperateRequest(operations=self._take()))

    def _take(self) -> list[Operation]:
        """Remove and return what waits, up to the size of one message."""
        taken: list[Operation] = []
        size = 0
        while self._waiting and size < COALESCED_BYTES:
            operation = self._waiting.popleft()
            taken.append(operation)
            size += operation.ByteSize()
        return taken

    async def _receive(self, call: Call, delivered: asyncio.Event) -> None:
        """Hand outcomes to those who wait for them, until the storage ends the stream."""
        while isinstance(response := await call.read(), OperateResponse):
            delivered.set()
            for outcome in response.outcomes:
                future = self._outstanding.pop(outcome.tag, None)
                if future is not None and not future.done():
                    future.set_result(outcome)
                elif outcome.begin_publication.upload_id:
                    self._on_orphan(outcome.begin_publication.upload_id)

    def _fail_all(self, failure: TransportFailure) -> None:
        """Fail every operation that has no outcome, sent or not."""
        self._waiting.clear()
        outstanding, self._outstanding = self._outstanding, {}
        for future in outstanding.values():
            if future is not None and not future.done():
                future.set_exception(TransportFailure(failure.code, failure.message))


def _explain(error: BaseException | None) -> TransportFailure:
    """Return why a stream broke. Whatever ended it, what it carried is unavailable, not refused."""
    detail = error.details() if isinstance(error, grpc.aio.AioRpcError) else error or "the storage ended it"
    return TransportFailure(grpc.StatusCode.UNAVAILABLE, f"the stream to the storage broke: {detail}")
