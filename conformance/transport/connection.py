"""One HTTP/1.1 connection: sends a request, reads its response as it comes, and knows whether another may follow."""

import h11

from conformance.transport.request import Body, Request
from conformance.transport.response import IncomingResponse
from conformance.transport.wire import StallError, Wire, WireError

CONTINUE = 100
CONTINUE_SECONDS = 2.0
INTERIM_RESPONSES = 32  # a registry that is busy says so a few times; one that only ever does so never answers
HEADER_LINES = 256  # several times what any registry sends; each is kept in the record of the run
HEAD_PIECE_BYTES = 16_384  # h11 limits what it holds of a head, but only of one that has not arrived whole
BODY_BYTES = 64 << 20
STAND_IN = h11.Request(method="GET", target="/", headers=[("Host", "stand-in")])


class HttpConnection:
    """HTTP/1.1 over one wire, one exchange at a time; a response body of more than `body_limit` bytes is cut off."""

    def __init__(self, wire: Wire, *, body_limit: int = BODY_BYTES) -> None:
        self._wire = wire
        self._body_limit = body_limit
        self._http = h11.Connection(h11.CLIENT)

    @property
    def reusable(self) -> bool:
        """Whether the last exchange left the connection ready for another."""
        return self._http.our_state is h11.IDLE and self._http.their_state is h11.IDLE

    def is_quiet(self) -> bool:
        """Return whether the peer has neither closed nor said anything unasked."""
        try:
            return not self._http.trailing_data[0] and self._wire.receive_now() is None
        except WireError:
            return False

    def close(self) -> None:
        """Close the connection."""
        self._wire.close()

    def exchange(self, request: Request, *, authority: str, prefix: str) -> IncomingResponse:
        """Send a request and receive its response; a broken connection is a `failure`, never an exception.

        So is a request that cannot be sent, because what the registry had said became a part of it.
        """
        incoming = IncomingResponse()
        try:
            head = h11.Request(
                method=request.method,
                target=prefix + request.target,
                headers=[("Host", authority), *request.headers, *request.framing_headers()],
            )
        except (h11.LocalProtocolError, UnicodeEncodeError) as error:
            incoming.failure = f"the request cannot be sent: {error}"
            return incoming
        self._wire.begin_exchange()
        try:
            self._send_request(head, request, incoming)
        except WireError as error:
            incoming.failure = str(error)
        self._receive_rest(incoming)
        return incoming

    def exchange_raw(self, data: bytes) -> IncomingResponse:
        """Send bytes as they are and receive what may be the response to a GET."""
        self._wire.begin_exchange()
        self._http.send(STAND_IN)
        self._http.send(h11.EndOfMessage())
        incoming = IncomingResponse()
        try:
            self._send_all(data, incoming)
        except WireError as error:
            incoming.failure = str(error)
        self._receive_rest(incoming)
        return incoming

    def _send_request(self, head: h11.Request, request: Request, incoming: IncomingResponse) -> None:
        self._send_all(self._http.send(head) or b"", incoming)
        if request.expect_continue and self._await_permission(incoming):
            return
        if request.body is not None and not self._send_body(request.body, incoming):
            return
        if request.body is not None and request.body.break_off_after is not None:
            self._wire.end_sending()
            return
        self._send_all(self._http.send(h11.EndOfMessage()) or b"", incoming)

    def _await_permission(self, incoming: IncomingResponse) -> bool:
        """Wait for 100 Continue or a final response; return whether it is final. Silence is permission, as for curl."""
        try:
            while incoming.head is None and CONTINUE not in incoming.interim and incoming.failure is None:
                self._feed(self._wire.receive(CONTINUE_SECONDS), incoming)
        except WireError:
            return False
        return incoming.head is not None or incoming.failure is not None

    def _send_body(self, body: Body, incoming: IncomingResponse) -> bool:
        """Send the body until it is out or a final response interrupts it; return whether it is out."""
        for piece in body.content.chunks(0, body.break_off_after):
            if not self._send_all(self._http.send(h11.Data(data=piece)) or b"", incoming):
                return False
            incoming.body_sent += len(piece)
        return True

    def _send_all(self, data: bytes, incoming: IncomingResponse) -> bool:
        rest = memoryview(data)
        while rest:
            rest = self._wire.send(rest)
            if rest and (arrived := self._wire.receive_now()) is not None:
                self._feed(arrived, incoming)
                if incoming.head is not None or incoming.failure is not None:
                    return False
        return True

    def _feed(self, data: bytes, incoming: IncomingResponse) -> None:
        """Take what has arrived; malformed or missing responses end up as the incoming's failure."""
        piece_bytes = HEAD_PIECE_BYTES if incoming.head is None else len(data)
        for start in range(0, len(data) or 1, piece_bytes or 1):
            self._http.receive_data(data[start : start + piece_bytes])
            self._advance(incoming)

    def _advance(self, incoming: IncomingResponse) -> None:
        try:
            while not incoming.complete:
                event = self._http.next_event()
                if event is h11.NEED_DATA or event is h11.PAUSED:
                    return
                if isinstance(event, h11.ConnectionClosed):
                    incoming.failure = "the connection was closed without a response"
                    return
                incoming.take(event)
                incoming.failure = self._excess(incoming)
                if incoming.failure is not None:
                    return
        except h11.RemoteProtocolError as error:
            incoming.began = bool(self._http.trailing_data[0])
            incoming.failure = self._in_words(error, incoming)

    def _receive_rest(self, incoming: IncomingResponse) -> None:
        sending_failure, incoming.failure = incoming.failure, None
        try:
            self._advance(incoming)
            while not incoming.complete and incoming.failure is None:
                self._feed(self._wire.receive(), incoming)
        except WireError as error:
            incoming.failure = sending_failure or str(error)
            incoming.stalled = isinstance(error, StallError)
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()

    def _excess(self, incoming: IncomingResponse) -> str | None:
        """Return what a response has too much of, None while it is within the limits."""
        if len(incoming.interim) > INTERIM_RESPONSES:
            return f"more than {INTERIM_RESPONSES} interim responses"
        if incoming.head is not None and len(incoming.head.headers) > HEADER_LINES:
            return f"more than {HEADER_LINES} headers"
        if incoming.size > self._body_limit:
            return f"a body of more than {self._body_limit} bytes"
        return None

    def _in_words(self, error: h11.RemoteProtocolError, incoming: IncomingResponse) -> str:
        if not self._http.trailing_data[1]:
            return f"the answer is not HTTP: {error}"
        return "the connection was closed " + ("inside the response" if incoming.head else "without a response")
