"""What every call has in common: a deadline, a request id, a status for what is raised, and a line in the log."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, NoReturn

import grpc
import structlog
from google.rpc.status_pb2 import Status

from reference_server.contract.failure import Failure, Reason
from reference_server.contract.limits import CLIENT_ADDRESS_KEY, REQUEST_ID_CHARACTERS, REQUEST_ID_KEY
from reference_server.contract.logs import Lines
from reference_server.contract.status import TransportFailure, code_of, to_status
from reference_server.storage.access import origin
from reference_server.storage.access.origin import Origin
from reference_server.storage.service.audit import AuditLog
from reference_server.storage.service.metrics import CallCounts

_OURS = "/generic_packages.storage.v1."
_WITHOUT_DEADLINE = frozenset({"Operate"})
_QUIET = frozenset({"BeginPublication", "OpenPackageFile", "AbandonPublication", "RecognizeCredentials"})
_FREQUENT = frozenset({"Publish", "CommitPublication"})
_REQUEST_ID = re.compile(rf"[A-Za-z0-9._-]{{1,{REQUEST_ID_CHARACTERS}}}")
_NO_DESCRIPTORS = frozenset({errno.EMFILE, errno.ENFILE})
_FOR_THE_OPERATOR = frozenset({Reason.DATA_UNUSABLE, Reason.VOLUME_FULL, grpc.StatusCode.RESOURCE_EXHAUSTED.name})
_STATUS_KEY = "grpc-status-details-bin"

Context = grpc.aio.ServicerContext[Any, Any]
"""What a servicer is told of a call."""

if TYPE_CHECKING:
    Handler = grpc.RpcMethodHandler[Any, Any]


class CallLog:
    """Writes a line for each call or operation, at level info, and counts it whatever the level.

    Hot ones that succeed and change nothing that lasts are written at level debug.
    """

    def __init__(self) -> None:
        self.counts = CallCounts()
        self._log = structlog.get_logger()
        self.lines = Lines()
        """Where the lines of frequent calls go, and those of the audit log with them."""

    def write(self, method: str, request_id: str | None, started_at: float, outcome: str) -> None:
        """Note how a call ended. `started_at` is of time.perf_counter(), `outcome` "OK", a reason or a status code."""
        seconds = time.perf_counter() - started_at
        self.counts.add(method, outcome, seconds)
        milliseconds = round(seconds * 1000, 3)
        if outcome == "OK" and method in _FREQUENT:
            self._write_frequent(method, request_id, milliseconds)
            return
        write = self._log.debug if outcome == "OK" and method in _QUIET else self._log.info
        write("call", method=method, request_id=request_id, milliseconds=milliseconds, outcome=outcome)

    def _write_frequent(self, method: str, request_id: str | None, milliseconds: float) -> None:
        """Note a publication that is committed. Neither the method nor a readable request id needs to be quoted."""
        if self.lines.wanted:
            written_id = "null" if request_id is None else f'"{request_id}"'
            self.lines.add(
                f'{{"method": "{method}", "request_id": {written_id}, "milliseconds": {milliseconds}, "outcome": "OK", '
                f'"event": "call", "level": "info", "timestamp": "{self.lines.timestamp()}"}}'
            )

    def explain(self, method: str, request_id: str | None, error: BaseException, outcome: str) -> None:
        """Tell the operator what a call ended by: a defect with its traceback, or data that cannot be used."""
        if outcome == grpc.StatusCode.INTERNAL.name:
            self._log.error("defect", method=method, request_id=request_id, exc_info=error)
        elif outcome in _FOR_THE_OPERATOR:
            self._log.error("data unusable", method=method, request_id=request_id, outcome=outcome, reason=str(error))


def status_of(error: BaseException) -> tuple[str, grpc.StatusCode, Status]:
    """Return what the log calls an error, the code that answers it, and the status that has more."""
    if isinstance(error, OSError):
        error = _failure_of(error)
    if not isinstance(error, Failure | TransportFailure):
        error = TransportFailure(grpc.StatusCode.INTERNAL, "a defect of the storage; its log has more")
    code = code_of(error)
    return error.reason.value if isinstance(error, Failure) else code.name, code, to_status(error)


def _failure_of(error: OSError) -> Failure | TransportFailure:
    """Return what an error of the system means, which a call can only have met on the volume."""
    if error.errno in _NO_DESCRIPTORS:
        return TransportFailure(grpc.StatusCode.RESOURCE_EXHAUSTED, "the storage has no file descriptor left")
    return Failure(Reason.DATA_UNUSABLE, f"the volume cannot be used: {error.strerror}")


def readable_request_id(text: str) -> str | None:
    """Return a request id that has its form; anything else is not for the log."""
    return text if _REQUEST_ID.fullmatch(text) else None


class Calls(grpc.aio.ServerInterceptor):
    """Wraps every handler of the storage's own services."""

    def __init__(self, log: CallLog, audit: AuditLog) -> None:
        self._log = log
        self._audit = audit

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """Wrap the handler that the call is for."""
        handler = await continuation(handler_call_details)
        if handler is None or not handler_call_details.method.startswith(_OURS):
            return handler
        method = handler_call_details.method.rpartition("/")[2]
        coders = {
            "request_deserializer": handler.request_deserializer,
            "response_serializer": handler.response_serializer,
        }
        if handler.unary_unary:
            return grpc.unary_unary_rpc_method_handler(self._answer(method, handler.unary_unary), **coders)
        if handler.stream_unary:
            return grpc.stream_unary_rpc_method_handler(self._answer(method, handler.stream_unary), **coders)
        if handler.unary_stream:
            return grpc.unary_stream_rpc_method_handler(self._stream(method, handler.unary_stream), **coders)
        return grpc.stream_stream_rpc_method_handler(self._stream(method, handler.stream_stream), **coders)

    def _answer(self, method: str, behaviour: Any) -> Any:  # noqa: ANN401 -- grpc types only threads
        """Wrap a handler with one answer."""

        async def call(request: Any, context: Context) -> Any:  # noqa: ANN401 -- any message
            async with self._noted(method, context) as came_from:
                response = await behaviour(request, context)
                self._audit.write(method, came_from, request, response)
                return response

        return call

    def _stream(self, method: str, behaviour: Any) -> Any:  # noqa: ANN401 -- grpc types only threads
        """Wrap a handler with a stream of answers."""

        async def call(request: Any, context: Context) -> AsyncIterator[Any]:  # noqa: ANN401 -- any message
            async with self._noted(method, context):
                async for response in behaviour(request, context):
                    yield response

        return call

    @contextlib.asynccontextmanager
    async def _noted(self, method: str, context: Context) -> AsyncIterator[Origin]:
        """Note how a call ends; what it raises is answered by its status."""
        came_from, started_at = _origin(context), time.perf_counter()
        request_id = came_from.request_id
        origin.enter(came_from)  # for the task of this call, which ends with it
        try:
            _require_deadline(method, context)
            yield came_from
        except BaseException as error:
            await self._refuse(error, method, request_id, started_at, context)
        self._log.write(method, request_id, started_at, "OK")

    async def _refuse(
        self, error: BaseException, method: str, request_id: str | None, started_at: float, context: Context
    ) -> NoReturn:
        """Answer with the status for an error, and note it."""
        if isinstance(error, asyncio.CancelledError | GeneratorExit):
            self._log.write(method, request_id, started_at, grpc.StatusCode.CANCELLED.name)
            raise error
        outcome, code, status = status_of(error)
        self._log.explain(method, request_id, error, outcome)
        self._log.write(method, request_id, started_at, outcome)
        await context.abort(code, status.message, ((_STATUS_KEY, status.SerializeToString()),))


def _origin(context: Context) -> Origin:
    """Read where a call comes from."""
    read = Origin()
    for key, value in context.invocation_metadata() or ():
        if key == REQUEST_ID_KEY and isinstance(value, str):
            read.request_id = readable_request_id(value)
        elif key == CLIENT_ADDRESS_KEY and isinstance(value, str):
            read.client_address = value
    return read


def _require_deadline(method: str, context: Context) -> None:
    """Let a call with a deadline pass."""
    if method not in _WITHOUT_DEADLINE and context.time_remaining() is None:
        raise TransportFailure(grpc.StatusCode.INVALID_ARGUMENT, "a deadline is required on every call")
