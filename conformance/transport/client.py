"""The client of the probes: sends requests over kept or fresh connections and has every exchange recorded."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from conformance.transport.address import Address
from conformance.transport.connection import HttpConnection, IncomingResponse, all_headers
from conformance.transport.exchange import BodyRecord, Exchange, RequestRecord, ResponseRecord
from conformance.transport.recorder import SHOWN_BYTES, Recorder, body_record, record_of
from conformance.transport.reproduction import body_file, curl_line, is_text, raw_line
from conformance.transport.request import Request
from conformance.transport.response import Response
from conformance.transport.wire import Wire, WireError

PAUSES = (0.1, 0.2, 0.4)


class Client:
    """Talks to one address, from any number of threads; waits `patience` seconds at most without progress."""

    def __init__(self, address: Address, recorder: Recorder, *, patience: float) -> None:
        self.address = address
        self._recorder = recorder
        self._patience = patience
        self._tls = ssl.create_default_context() if address.scheme == "https" else None
        self._lock = threading.Lock()
        self._idle: list[HttpConnection] = []
        self._refused = False

    def send(self, request: Request) -> Response:
        """Send a request over a kept connection or a new one; keep the connection when it can take another.

        A kept connection that the peer was just closing is no answer of the registry: the request goes out once more.
        What must not be done twice therefore has a new connection.
        """
        kept = self._kept_connection() if _may_be_repeated(request) else None
        if kept is not None:
            response = self._exchange_and_keep(kept, request)
            if not response.lost:
                return response
        started = time.monotonic()
        try:
            connection = self._connect()
        except WireError as error:
            return self._recorded(request, IncomingResponse(failure=str(error)), started, reusable=False)
        return self._exchange_and_keep(connection, request)

    @contextmanager
    def persistent_connection(self) -> Iterator["PersistentConnection"]:
        """Open one fresh connection for several requests.

        Raises WireError when there is no connection.
        """
        connection = self._connect()
        try:
            yield PersistentConnection(self, connection)
        finally:
            connection.close()

    def send_raw(self, data: bytes) -> Response:
        """Send bytes as they are over a fresh connection and read one response."""
        started = time.monotonic()
        try:
            connection = self._connect()
            try:
                reception = connection.exchange_raw(data)
            finally:
                connection.close()
        except WireError as error:
            reception = IncomingResponse(failure=str(error))
        record = RequestRecord("RAW", str(self.address), (), "raw", None, record_of(data))
        line = self._raw_line(data)
        return self._response(record, _Line(line), reception, started, reusable=False)

    def elsewhere(self, address: Address) -> "Client":
        """Return a client for another address with the same recorder and patience."""
        return Client(address, self._recorder, patience=self._patience)

    def is_gone(self) -> bool:
        """Return whether the last new connection could not be made and neither can several more in a row."""
        for pause in PAUSES:
            if not self._refused:
                return False
            time.sleep(pause)
            with suppress(WireError):
                self._connect().close()
        return self._refused

    def close(self) -> None:
        """Close the kept connections."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()

    def _connect(self) -> HttpConnection:
        self._refused = True
        wire = Wire(self.address, patience=self._patience, tls=self._tls)
        self._refused = False
        return HttpConnection(wire)

    def _kept_connection(self) -> HttpConnection | None:
        while True:
            with self._lock:
                if not self._idle:
                    return None
                connection = self._idle.pop()
            if connection.is_quiet():
                return connection
            connection.close()

    def _exchange_and_keep(self, connection: HttpConnection, request: Request) -> Response:
        response = self._exchange(connection, request)
        if response.reusable:
            with self._lock:
                self._idle.append(connection)
        else:
            connection.close()
        return response

    def _exchange(self, connection: HttpConnection, request: Request, follows: int | None = None) -> Response:
        started = time.monotonic()
        reception = connection.exchange(request, authority=self.address.authority, prefix=self.address.prefix)
        return self._recorded(request, reception, started, reusable=connection.reusable, follows=follows)

    def _recorded(
        self,
        request: Request,
        reception: IncomingResponse,
        started: float,
        *,
        reusable: bool,
        follows: int | None = None,
    ) -> Response:
        url = str(self.address) + request.target
        body = request.body
        content = body.content if body else None
        kept = b"".join(content.chunks()) if content and content.size <= SHOWN_BYTES else b""
        record = RequestRecord(
            method=request.method,
            url=url,
            headers=(*request.headers, *request.framing_headers()),
            framing="none" if body is None else "chunked" if body.chunked else "sized",
            declared=content.size if content and body and not body.chunked else None,
            body=body_record(content.size, content.sha256, kept) if content else None,
        )
        line = self._line(request, kept, follows)
        return self._response(record, line, reception, started, reusable=reusable)

    def _line(self, request: Request, kept: bytes, follows: int | None) -> "_Line":
        body = request.body
        if body is not None and body.break_off_after is not None:
            head = self._head(request) + (b"%x\r\n" % body.break_off_after if body.chunked else b"")
            return _Line(self._raw_line(head, more=body.break_off_after))
        file = body_file(body.content.sha256) if body else None
        line = curl_line(
            request.method,
            str(self.address) + request.target,
            request.headers,
            body=kept,
            file=file,
            chunked=bool(body and body.chunked),
            expect=request.expect_continue,
        )
        return _Line(line, None if is_text(kept) else file, follows)

    def _raw_line(self, data: bytes, more: int = 0) -> str:
        return raw_line(data, host=self.address.host, port=self.address.port, tls=self._tls is not None, more=more)

    def _head(self, request: Request) -> bytes:
        lines = [f"{request.method} {self.address.prefix}{request.target} HTTP/1.1", f"Host: {self.address.authority}"]
        lines += [f"{name}: {value}" for name, value in (*request.headers, *request.framing_headers())]
        return "\r\n".join([*lines, "", ""]).encode()

    def _response(
        self, record: RequestRecord, line: "_Line", reception: IncomingResponse, started: float, *, reusable: bool
    ) -> Response:
        seconds = time.monotonic() - started
        received = body_record(reception.size, reception.digest.hexdigest(), bytes(reception.kept))
        response = _response_record(reception, received)
        number = self._recorder.add(
            lambda number, purpose: Exchange(
                number=number,
                purpose=purpose,
                request=record,
                response=response,
                failure=reception.failure,
                began=started - self._recorder.started,
                seconds=seconds,
                follows=line.follows,
                curl=line.command,
                body_file=line.body_file,
            )
        )
        whole = response if reception.complete else None
        return Response(
            number=number,
            status=whole.status if whole else None,
            reason=whole.reason if whole else "",
            headers=whole.headers if whole else (),
            interim=tuple(reception.interim),
            size=received.size,
            sha256=received.sha256,
            kept=bytes(reception.kept),
            body_sent=reception.body_sent,
            seconds=seconds,
            reusable=reusable,
            failure=None if whole else reception.failure or "no response",
            lost=reception.lost,
        )


@dataclass(frozen=True, slots=True)
class _Line:
    """How a shell repeats a request: the command, the file that holds the body, the exchange before it if need be."""

    command: str
    body_file: str | None = None
    follows: int | None = None


class PersistentConnection:
    """Several requests over one connection."""

    def __init__(self, client: Client, connection: HttpConnection) -> None:
        self._client = client
        self._connection = connection
        self._last: int | None = None

    def send(self, request: Request) -> Response:
        """Send the next request; only an `is_open` conversation takes one."""
        response = self._client._exchange(self._connection, request, self._last)  # noqa: SLF001 - it is part of its client
        self._last = response.number
        return response

    @property
    def is_open(self) -> bool:
        """Whether the connection can take another request."""
        return self._connection.reusable


def _may_be_repeated(request: Request) -> bool:
    breaks_off = request.body is not None and request.body.break_off_after is not None
    return request.method != "POST" and not breaks_off


def _response_record(reception: IncomingResponse, body: BodyRecord) -> ResponseRecord | None:
    if reception.head is None:
        return None
    return ResponseRecord(
        status=reception.head.status_code,
        reason=bytes(reception.head.reason).decode("latin-1"),
        headers=all_headers(reception.head),
        interim=tuple(reception.interim),
        body=body,
    )
