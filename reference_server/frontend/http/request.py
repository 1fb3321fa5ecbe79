"""The context of one request: what its head says, and what has become of it so far, for the log and the metrics."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass

from tornado.http1connection import is_transfer_encoding_chunked, parse_int
from tornado.httputil import HTTPConnection, HTTPHeaders, HTTPInputError, HTTPServerRequest, RequestStartLine

from reference_server.contract.limits import REQUEST_ID_CHARACTERS, SMALL_CONTENT_BYTES
from reference_server.frontend.http.body_budget import BudgetedBody
from reference_server.frontend.http.lanes import Turn

REQUEST_ID_HEADER = "X-Request-Id"

_WELL_FORMED_ID = re.compile(rf"[A-Za-z0-9._-]{{1,{REQUEST_ID_CHARACTERS}}}")


@dataclass(slots=True)
class RequestContext:
    """One request, from its head to the end of its answer.

    `declared_bytes` is the size of the body, None for a chunked one. `route` is its route's name in the metrics,
    `status` is 0 until an answer begins, `received_bytes` and `sent_bytes` count bytes of bodies.
    `failure` is the storage's reason, or the transport's, for an answer that is a failure. `body` is set where a
    body holds room until the answer is given. `asker` names the credential when it is known, `turn` is set while the
    request is worked on.
    """

    start_line: RequestStartLine
    headers: HTTPHeaders
    remote_address: str
    request_id: str
    declared_bytes: int | None
    started: float
    route: str = "rest"
    status: int = 0
    received_bytes: int = 0
    sent_bytes: int = 0
    failure: str = ""
    body: BudgetedBody | None = None
    asker: bytes | None = None
    turn: Turn | None = None

    @property
    def method(self) -> str:
        """The method, which may be any token."""
        return self.start_line.method

    @property
    def target(self) -> str:
        """The request target in origin form, still encoded."""
        return self.start_line.path

    def leave_turn(self) -> None:
        """Let another request be worked on; safe to call twice."""
        if self.turn is not None:
            self.turn.leave()

    @property
    def has_small_body(self) -> bool:
        """Whether the body, which may be empty, is at most 64 KiB and says so."""
        return self.declared_bytes is not None and self.declared_bytes <= SMALL_CONTENT_BYTES

    def require_host(self) -> None:
        """Raise HTTPInputError for HTTP/1.1 without exactly one Host."""
        host = self.headers.get_list("Host")
        if len(host) > 1 or (not host and self.start_line.version != "HTTP/1.0"):
            raise HTTPInputError("Host header missing or repeated")


class ContextualRequest(HTTPServerRequest):
    """Tornado's own form of a request, which carries the context to the application's handlers."""

    def __init__(self, context: RequestContext, connection: HTTPConnection) -> None:
        super().__init__(connection=connection, start_line=context.start_line, headers=context.headers)
        self.context = context


def read_request(start_line: RequestStartLine, headers: HTTPHeaders, remote_address: str) -> RequestContext:
    """Return the context of a request whose head has come. Raises HTTPInputError when the body's end is ambiguous."""
    return RequestContext(
        start_line=start_line,
        headers=headers,
        remote_address=remote_address,
        request_id=request_id(headers.get(REQUEST_ID_HEADER)),
        declared_bytes=_declared_bytes(headers),
        started=time.monotonic(),
    )


def request_id(presented: str | None) -> str:
    """Return the client's id when it is well-formed, otherwise a new one."""
    if presented is not None and _WELL_FORMED_ID.fullmatch(presented):
        return presented
    return secrets.token_hex(16)


def _declared_bytes(headers: HTTPHeaders) -> int | None:
    """Read how the body is delimited, as strictly as Tornado will; None when it is chunked. Raises HTTPInputError."""
    if is_transfer_encoding_chunked(headers):
        return None
    lengths = {length.strip() for length in headers.get("Content-Length", "0").split(",")}
    if len(lengths) != 1:
        raise HTTPInputError("Multiple unequal Content-Lengths")
    try:
        return parse_int(lengths.pop())
    except ValueError:
        raise HTTPInputError("Content-Length is no number") from None
