"""A request for a package file that is refused for its form alone, before the storage hears of it."""

from __future__ import annotations

from collections.abc import Awaitable

from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine, ResponseStartLine

from reference_server.frontend.answers import Answer
from reference_server.frontend.package_files.publish import takes_permission
from reference_server.frontend.package_files.replies import Reply
from reference_server.frontend.package_files.request import BodyFraming


class Refusal(HTTPMessageDelegate):
    """Sends one answer: after a small body, or instead of a large one."""

    def __init__(self, reply: Reply, answer: Answer, framing: BodyFraming) -> None:
        self._reply = reply
        self._answer = answer
        self._framing = framing

    def headers_received(
        self, _start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        """Refuse a large body before it comes."""
        if not takes_permission(self._framing):
            return None
        headers.pop("Expect", None)
        return self._reply.refuse_body(self._answer)

    def finish(self) -> None:
        """Answer after a small body."""
        self._reply.send(self._answer)

    def on_connection_close(self) -> None:
        """Log a request whose body never came whole."""
        self._reply.log()
