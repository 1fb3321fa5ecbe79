"""One HTTP/1.1 connection: sends a request, reads its response as it comes, and knows whether another may follow."""

import hashlib
from dataclasses import dataclass, field

import h11

from conformance.transport.request import Body, Request
from conformance.transport.response import KEPT_BYTES
from conformance.transport.wire import StallError, Wire, WireError

CONTINUE_SECONDS = 2.0
STAND_IN = h11.Request(method="GET", target="/", headers=[("Host", "stand-in")])


@dataclass(slots=True)
class IncomingResponse:
    """A response while it arrives; without a `head` there was none and `failure` says why."""

    head: h11.Response | None = None
    interim: list[int] = field(default_factory=list)
    size: int = 0
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    kept: bytearray = field(default_factory=bytearray)
    body_sent: int = 0
    complete: bool = False
    stalled: bool = False
    failure: str | None = None

    @property
    def lost(self) -> bool:
        """Whether the connection ended, other than by a timeout, without any response."""
        return self.failure is not None and self.head is None and not self.interim and not self.stalled

    def take(self, event: object) -> None:
        """Add what an event brings."""
        if isinstance(event, h11.InformationalResponse):
            self.interim.append(event.status_code)
        elif isinstance(event, h11.Response):
            self.head = event
        elif isinstance(event, h11.Data):
            self.size += len(event.data)
            self.digest.update(event.data)
            self.kept += event.data[: KEPT_BYTES - len(self.kept)]
        elif isinstance(event, h11.EndOfMessage):
            self.complete = True


class HttpConnection:
    """HTTP/1.1 over one wire, one exchange at a time."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._http = h11.Connection(h11.CLIENT)

    @property
    def reusable(self) -> bool:
        """Whether the last exchange left the connection ready for another."""
        return self._http.our_state is h11.IDLE and self._http.their_state is h11.IDLE

    def is_quiet(self) -> bool:
        """Return whether the peer has neither closed nor said anything unasked."""
        try:
            return self._wire.receive_now() is None
        except WireError:
            return False

    def close(self) -> None:
        """Close the connection."""
        self._wire.close()

    def exchange(self, request: Request, *, authority: str, prefix: str) -> IncomingResponse:
        """Send a request and receive its response; a broken connection is a `failure`, never an exception."""
        head = h11.Request(
            method=request.method,
            target=prefix + request.target,
            headers=[("Host", authority), *request.headers, *request.framing_headers()],
        )
        reception = IncomingResponse()
        try:
            self._send_request(head, request, reception)
        except WireError as error:
            reception.failure = str(error)
        self._receive_rest(reception)
        return reception

    def exchange_raw(self, data: bytes) -> IncomingResponse:
        """Send bytes as they are and receive what may be the response to a GET."""
        self._http.send(STAND_IN)
        self._http.send(h11.EndOfMessage())
        reception = IncomingResponse()
        try:
            self._send_all(data, reception)
        except WireError as error:
            reception.failure = str(error)
        self._receive_rest(reception)
        return reception

    def _send_request(self, head: h11.Request, request: Request, reception: IncomingResponse) -> None:
        self._send_all(self._http.send(head) or b"", reception)
        if request.expect_continue and self._await_permission(reception):
            return
        if request.body is not None and not self._send_body(request.body, reception):
            return
        if request.body is not None and request.body.break_off_after is not None:
            self._wire.end_sending()
            return
        self._send_all(self._http.send(h11.EndOfMessage()) or b"", reception)

    def _await_permission(self, reception: IncomingResponse) -> bool:
        """Wait for 100 Continue or a final response; return whether it is final. Silence is permission, as for curl."""
        try:
            while reception.head is None and not reception.interim and reception.failure is None:
                self._feed(self._wire.receive(CONTINUE_SECONDS), reception)
        except WireError:
            return False
        return reception.head is not None or reception.failure is not None

    def _send_body(self, body: Body, reception: IncomingResponse) -> bool:
        """Send the body until it is out or a final response interrupts it; return whether it is out."""
        for piece in body.content.chunks(0, body.break_off_after):
            if not self._send_all(self._http.send(h11.Data(data=piece)) or b"", reception):
                return False
            reception.body_sent += len(piece)
        return True

    def _send_all(self, data: bytes, reception: IncomingResponse) -> bool:
        rest = memoryview(data)
        while rest:
            rest = self._wire.send(rest)
            if rest and (arrived := self._wire.receive_now()) is not None:
                self._feed(arrived, reception)
                if reception.head is not None or reception.failure is not None:
                    return False
        return True

    def _feed(self, data: bytes, reception: IncomingResponse) -> None:
        """Take what has arrived; malformed or missing responses end up as the reception's failure."""
        self._http.receive_data(data)
        self._advance(reception)

    def _advance(self, reception: IncomingResponse) -> None:
        try:
            while not reception.complete:
                event = self._http.next_event()
                if event is h11.NEED_DATA or event is h11.PAUSED:
                    return
                if isinstance(event, h11.ConnectionClosed):
                    reception.failure = "the connection was closed without a response"
                    return
                reception.take(event)
        except h11.RemoteProtocolError as error:
            reception.failure = self._in_words(error, reception)

    def _receive_rest(self, reception: IncomingResponse) -> None:
        sending_failure, reception.failure = reception.failure, None
        try:
            self._advance(reception)
            while not reception.complete and reception.failure is None:
                self._feed(self._wire.receive(), reception)
        except WireError as error:
            reception.failure = sending_failure or str(error)
            reception.stalled = isinstance(error, StallError)
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()

    def _in_words(self, error: h11.RemoteProtocolError, reception: IncomingResponse) -> str:
        if not self._http.trailing_data[1]:
            return f"the answer is not HTTP: {error}"
        return "the connection was closed " + ("inside the response" if reception.head else "without a response")


def all_headers(head: h11.Response) -> tuple[tuple[str, str], ...]:
    """Return the headers of a response as text, names in lower case."""
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers)
