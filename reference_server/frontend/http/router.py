"""What handles a request: raw delegates for the hot routes, the Tornado application for every other one."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine
from tornado.web import Application

from reference_server.contract.limits import MIB
from reference_server.frontend.http.access_log import AccessLog
from reference_server.frontend.http.reply import Refusal, Reply
from reference_server.frontend.http.request import ContextualRequest, read_request
from reference_server.frontend.http.responses import BODY_TOO_LARGE, TARGET_TOO_LONG, Response
from reference_server.frontend.http.target import TARGET_CHARACTERS

RawRoutes = Callable[[Reply], HTTPMessageDelegate | None]
"""Returns what handles a request and sends its reply; None for a path that is not one of these routes.

May raise HTTPInputError.
"""

_APPLICATION_BODY_BYTES = MIB


class Router:
    """Chooses by the head of a request. A request has one context and one reply, whoever handles it."""

    def __init__(self, raw_routes: RawRoutes, application: Application, log: AccessLog) -> None:
        self._raw_routes = raw_routes
        self._application = application
        self._log = log

    def route(
        self, start_line: RequestStartLine, headers: HTTPHeaders, connection: HTTP1Connection
    ) -> tuple[HTTPMessageDelegate, Reply]:
        """Return what handles a request, and the reply to end it with when its body does not come.

        Raises HTTPInputError for a head that no answer in JSON can follow.
        """
        _settle_expectation(start_line, headers)
        request = read_request(start_line, headers, str(connection.context))
        reply = Reply(request, connection, self._log)
        if len(start_line.path) > TARGET_CHARACTERS:
            return _refused(reply, TARGET_TOO_LONG), reply
        raw = self._raw_routes(reply)
        if raw is not None:
            return raw, reply
        if (request.declared_bytes or 0) > _APPLICATION_BODY_BYTES:
            return _refused(reply, BODY_TOO_LARGE), reply
        connection.set_max_body_size(_APPLICATION_BODY_BYTES)
        delegate = self._application.find_handler(ContextualRequest(request, connection))
        # The application has a handler for every path.
        return cast("HTTPMessageDelegate", delegate), reply


def _refused(reply: Reply, answer: Response) -> Refusal:
    """Refuse a request of whatever route for its form."""
    reply.request.route = "refused"
    return Refusal(reply, answer)


def _settle_expectation(start_line: RequestStartLine, headers: HTTPHeaders) -> None:
    """Write an Expect header the one way that Tornado knows; HTTP/1.0 has none."""
    expectation = headers.get("Expect")
    if expectation is None:
        return
    if start_line.version == "HTTP/1.0":
        del headers["Expect"]
    elif expectation.lower() == "100-continue":
        headers["Expect"] = "100-continue"
