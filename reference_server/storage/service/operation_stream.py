"""One stream of operations: what runs on it, and the outcomes that wait to be sent."""

from __future__ import annotations

import asyncio
import collections
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import grpc
from generic_packages.storage.v1 import operations_pb2 as pb
from generic_packages.storage.v1 import packages_pb2

from reference_server.contract.limits import COALESCED_BYTES, OPERATIONS_PER_STREAM
from reference_server.contract.status import TransportFailure, to_status
from reference_server.storage.access import origin
from reference_server.storage.access.origin import Origin
from reference_server.storage.metadata.rows import PackageFileRow
from reference_server.storage.service import messages
from reference_server.storage.service.audit import AuditLog, PackageNames
from reference_server.storage.service.calls import CallLog, readable_request_id, status_of
from reference_server.storage.service.hot_operations import HotOperations

_METHODS = {
    "publish": "Publish",
    "begin_publication": "BeginPublication",
    "commit_publication": "CommitPublication",
    "open_package_file": "OpenPackageFile",
}
_OUTCOME_BYTES = 512  # more than an outcome without content takes


@dataclass(slots=True)
class _Running:
    """An operation whose outcome has not been sent; `work` and `timer` are None once the outcome is known.

    `package` is where it publishes, `upload_id` is what a begin whose outcome waits has begun: when nobody hears of it,
    it must be ended.
    """

    method: str
    origin: Origin
    started_at: float
    package: PackageNames | None = None
    work: asyncio.Future[PackageFileRow] | None = None
    timer: asyncio.TimerHandle | None = None
    upload_id: str = ""


class OperationStream:
    """Runs the operations of one stream.

    Open and begin are answered while their message is read, publish and commit when their futures are done. Outcomes
    that are ready in one turn of the event loop travel in one message.
    """

    def __init__(self, operations: HotOperations, log: CallLog, audit: AuditLog) -> None:
        self._operations = operations
        self._log = log
        self._audit = audit
        self._loop = asyncio.get_running_loop()
        self._running: dict[int, _Running] = {}
        self._outcomes: collections.deque[pb.OperationOutcome] = collections.deque()
        self._leaving: list[str] = []  # uploads begun by outcomes that are being sent
        self._ready = asyncio.Event()
        self._room = asyncio.Event()
        self._ended = False

    async def read(self, requests: AsyncIterator[pb.OperateRequest]) -> None:
        """Start what comes, until the caller half-closes. No more is read while too many operations run."""
        try:
            async for request in requests:
                for operation in request.operations:
                    await self._have_room()
                    self._start(operation)
        finally:
            self._ended = True
            self._ready.set()

    async def responses(self) -> AsyncIterator[pb.OperateResponse]:
        """Yield the outcomes as they become ready, until reading has ended and everything has its outcome."""
        while not self._ended or self._running or self._outcomes:
            await self._ready.wait()
            self._ready.clear()
            while self._outcomes:
                yield self._coalesce()
                self._leaving.clear()

    def give_up(self) -> None:
        """Withdraw what has not begun, and end uploads that were just begun; nobody will hear of either."""
        for running in self._running.values():
            self._settle(running)
            self._end_upload(running.upload_id)
        self._running.clear()
        for upload_id in self._leaving:
            self._end_upload(upload_id)

    async def _have_room(self) -> None:
        while len(self._running) >= OPERATIONS_PER_STREAM:
            self._room.clear()
            await self._room.wait()

    def _coalesce(self) -> pb.OperateResponse:
        """Return a message of outcomes that wait; their tags are free again."""
        taken: list[pb.OperationOutcome] = []
        size = 0
        while self._outcomes and size < COALESCED_BYTES:
            outcome = self._outcomes.popleft()
            self._free(outcome.tag)
            size += _OUTCOME_BYTES + len(outcome.open_package_file.inline_content)
            taken.append(outcome)
        self._room.set()
        return pb.OperateResponse(outcomes=taken)

    def _free(self, tag: int) -> None:
        """Free the tag of an outcome that is sent, unless it only refused a second operation of a tag in use."""
        running = self._running.get(tag)
        if running is not None and running.work is None:
            del self._running[tag]
            if running.upload_id:
                self._leaving.append(running.upload_id)

    def _start(self, operation: pb.Operation) -> None:
        """Start one operation, or answer why not."""
        kind = operation.WhichOneof("kind")
        if kind == "cancel":
            self._cancel(operation.tag)
            return
        if operation.tag in self._running:
            failure = to_status(_malformed("the tag is in use"))
            self._outcomes.append(pb.OperationOutcome(tag=operation.tag, failure=failure))
            self._ready.set()
            return
        came_from = Origin(readable_request_id(operation.request_id), operation.client_address)
        running = _Running(_METHODS.get(kind or "", "Operate"), came_from, time.perf_counter())
        self._running[operation.tag] = running
        if kind is None:
            self._refuse(operation.tag, running, _malformed("an operation needs a kind"))
        elif operation.timeout_milliseconds < 1:
            self._refuse(operation.tag, running, _malformed("an operation needs a time limit"))
        else:
            self._run(operation, kind, running)

    def _run(self, operation: pb.Operation, kind: str, running: _Running) -> None:
        """Answer an operation at once, or arrange for its answer."""
        tag = operation.tag
        outside = origin.enter(running.origin)
        try:
            if kind == "open_package_file":
                opened = self._operations.open(operation.open_package_file)
                self._finish(tag, pb.OperationOutcome(tag=tag, open_package_file=opened))
            elif kind == "begin_publication":
                begun = self._operations.begin(operation.begin_publication)
                running.upload_id = begun.upload_id
                self._finish(tag, pb.OperationOutcome(tag=tag, begin_publication=begun))
            else:
                self._await_work(operation, kind, running)
        except Exception as error:
            self._refuse(tag, running, error)
        finally:
            origin.leave(outside)

    def _await_work(self, operation: pb.Operation, kind: str, running: _Running) -> None:
        """Start what is answered from stable storage, and what happens when it is late."""
        if kind == "publish":
            where = operation.publish.coordinates
            running.package = PackageNames(where.package_name, where.package_version)
            running.work = self._operations.publish(operation.publish)
        else:
            running.package = self._operations.package_of(operation.commit_publication.upload_id)
            running.work = self._loop.create_task(self._operations.commit(operation.commit_publication))
        tag = operation.tag
        running.work.add_done_callback(lambda work: self._worked(tag, running, work))
        late = "the operation's time was up"
        running.timer = self._loop.call_later(
            operation.timeout_milliseconds / 1000,
            lambda: self._fail_running(tag, grpc.StatusCode.DEADLINE_EXCEEDED, late),
        )

    def _worked(self, tag: int, running: _Running, work: asyncio.Future[PackageFileRow]) -> None:
        """Take what a publication came to, unless its outcome is known already."""
        if running.work is not work:
            if not work.cancelled():
                work.exception()
            return
        error = work.exception()
        if error is not None:
            self._refuse(tag, running, error)
            return
        file = messages.package_file(work.result())
        if running.origin.caller is not None:  # nobody authenticates to commit a second time, which changes nothing
            self._audit.write_publication(running.origin, running.package, file)
        if running.method == "Publish":
            outcome = pb.OperationOutcome(tag=tag, publish=packages_pb2.PublishResponse(package_file=file))
        else:
            response = packages_pb2.CommitPublicationResponse(package_file=file)
            outcome = pb.OperationOutcome(tag=tag, commit_publication=response)
        self._finish(tag, outcome)

    def _cancel(self, tag: int) -> None:
        """Drop an operation that nobody waits for any more."""
        self._fail_running(tag, grpc.StatusCode.CANCELLED, "nobody waits for it any more")
        if tag in self._running:
            self._end_upload(self._running[tag].upload_id)

    def _end_upload(self, upload_id: str) -> None:
        """End the upload of a begin that nobody will hear of; no id for none."""
        if upload_id:
            self._operations.abandon(upload_id)

    def _fail_running(self, tag: int, code: grpc.StatusCode, message: str) -> None:
        """End an operation that still works, with a status of the transport."""
        running = self._running.get(tag)
        if running is not None and running.work is not None:
            self._refuse(tag, running, TransportFailure(code, message))

    def _refuse(self, tag: int, running: _Running, error: BaseException) -> None:
        """Make an error the outcome."""
        name, _, status = status_of(error)
        self._log.explain(running.method, running.origin.request_id, error, name)
        self._finish(tag, pb.OperationOutcome(tag=tag, failure=status), name)

    def _finish(self, tag: int, outcome: pb.OperationOutcome, name: str = "OK") -> None:
        """Queue an outcome to be sent."""
        running = self._running[tag]
        self._settle(running)
        self._log.write(running.method, running.origin.request_id, running.started_at, name)
        self._outcomes.append(outcome)
        self._ready.set()

    def _settle(self, running: _Running) -> None:
        """Let go of an operation's timer and work; a change that has not begun is withdrawn by that."""
        work, timer = running.work, running.timer
        running.work = running.timer = None
        if timer is not None:
            timer.cancel()
        if work is not None and not work.done():
            work.cancel()


def _malformed(message: str) -> TransportFailure:
    """Return the refusal of an operation that is none."""
    return TransportFailure(grpc.StatusCode.INVALID_ARGUMENT, message)
