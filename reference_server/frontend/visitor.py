"""One message on its way in: passed on to whoever its head decides, and ended when its body stops coming."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import cast

from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine, ResponseStartLine

from reference_server.frontend.answers import BODY_STALLED
from reference_server.frontend.package_files.replies import Reply
from reference_server.frontend.stall_watch import StallWatch, Watched

_ABSOLUTE = re.compile(r"https?://(?P<authority>[^/?#]+)(?P<rest>.*)", re.IGNORECASE)

Choose = Callable[[RequestStartLine, HTTPHeaders], tuple[HTTPMessageDelegate, Reply]]
"""Gives what handles a request, and the reply to end it with when its body does not come."""


def in_origin_form(start_line: RequestStartLine, headers: HTTPHeaders) -> RequestStartLine:
    """Take scheme and host out of an absolute target; they count before the Host header (RFC 9112, section 3.2.2)."""
    match = _ABSOLUTE.fullmatch(start_line.path)
    if match is None:
        return start_line
    if len(headers.get_list("Host")) == 1:
        headers["Host"] = match["authority"]
    rest = match["rest"]
    return start_line._replace(path=rest if rest.startswith("/") else f"/{rest}")


class Visitor(HTTPMessageDelegate):
    """Watches every body, on whatever route: only while the client's next bytes are awaited, not while it is our turn.

    `choose` may raise HTTPInputError.
    """

    __slots__ = ("_choose", "_chosen", "_reply", "_stalls", "_watched")

    def __init__(self, choose: Choose, stalls: StallWatch) -> None:
        self._choose = choose
        self._stalls = stalls
        self._chosen: HTTPMessageDelegate | None = None
        self._reply: Reply | None = None
        self._watched: Watched | None = None

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        """Choose, and begin to watch when a body follows."""
        start_line = in_origin_form(cast("RequestStartLine", start_line), headers)
        self._chosen, self._reply = self._choose(start_line, headers)
        accepted = self._chosen.headers_received(start_line, headers)
        if "Content-Length" not in headers and "Transfer-Encoding" not in headers:
            return accepted
        self._watched = self._stalls.add(self._end_stalled)
        return None if accepted is None else self._when_done(accepted)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Pass a part of the body on."""
        if self._chosen is None or self._watched is None:
            return None
        self._watched.receive(len(chunk))
        taken = self._chosen.data_received(chunk)
        return None if taken is None else self._when_done(taken)

    def finish(self) -> None:
        """Pass on that all of the body came."""
        self._watch_no_more()
        if self._chosen is not None:
            self._chosen.finish()

    def on_connection_close(self) -> None:
        """Pass on that the rest of the body never comes."""
        self._watch_no_more()
        if self._chosen is not None:
            self._chosen.on_connection_close()

    async def _when_done(self, ours: Awaitable[None]) -> None:
        """Stop the clock while it is our turn."""
        if self._watched is not None:
            self._watched.rest()
            await ours
            self._watched.resume()

    def _watch_no_more(self) -> None:
        """Stop the clock for good."""
        if self._watched is not None:
            self._stalls.remove(self._watched)

    def _end_stalled(self) -> None:
        """Say that the body did not come, and close; Tornado then tells the delegate."""
        if self._reply is not None:
            self._reply.refuse_stalled(BODY_STALLED)
