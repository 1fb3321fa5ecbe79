"""What handles a request: raw delegates for the hot routes, the Tornado application for every other one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import cast

from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine
from tornado.web import Application

from reference_server.content.memory import API_BODIES_BYTES, SLOW_BODIES_BYTES
from reference_server.contract.limits import KIB, MIB
from reference_server.frontend.http.access_log import AccessLog
from reference_server.frontend.http.client_address import CLIENT_ADDRESS, NO_PROXIES, TrustedProxies
from reference_server.frontend.http.credentials import presents_credential
from reference_server.frontend.http.reply import Refusal, Reply
from reference_server.frontend.http.request import ContextualRequest, RequestContext, read_request
from reference_server.frontend.http.responses import BODY_TOO_LARGE, TARGET_TOO_LONG, Response
from reference_server.frontend.http.target import TARGET_CHARACTERS
from reference_server.frontend.http.whole_body import ApplicationRequest, BodyBudgets

RawRoutes = Callable[[Reply], HTTPMessageDelegate | None]
"""Returns what handles a request and sends its reply; None for a path that is not one of these routes.

May raise HTTPInputError.
"""

_BODY_BYTES = MIB
# Nobody without a credential has anything larger to send: more would be memory for whoever asks.
_ANONYMOUS_BODY_BYTES = 64 * KIB


class Router:
    """Chooses by the head of a request. A request has one context and one reply, whoever handles it."""

    def __init__(
        self, raw_routes: RawRoutes, application: Application, log: AccessLog, proxies: TrustedProxies = NO_PROXIES
    ) -> None:
        self._proxies = proxies
        self._raw_routes = raw_routes
        self._application = application
        self._log = log
        self._budgets = BodyBudgets(API_BODIES_BYTES, SLOW_BODIES_BYTES)

    def route(
        self, start_line: RequestStartLine, headers: HTTPHeaders, connection: HTTP1Connection
    ) -> tuple[HTTPMessageDelegate, Reply]:
        """Return what handles a request, and the reply to end it with when its body does not come.

        Raises HTTPInputError for a head that no answer in JSON can follow.
        """
        _settle_expectation(start_line, headers)
        request = read_request(start_line, headers, self._proxies.client(str(connection.context), headers))
        CLIENT_ADDRESS.set(request.remote_address)  # Tornado gives each connection a task of its own
        reply = Reply(request, connection, self._log)
        if len(start_line.path) > TARGET_CHARACTERS:
            return _refused(reply, TARGET_TOO_LONG), reply
        raw = self._raw_routes(reply)
        if raw is not None:
            return raw, reply
        declared = request.declared_bytes
        most_bytes = _most_bytes(request)
        if declared is not None and declared > most_bytes:
            return _refused(reply, BODY_TOO_LARGE), reply
        # The application has a handler for every path.
        found = self._application.find_handler(ContextualRequest(request, connection))
        delegate = cast("HTTPMessageDelegate", found)
        if declared == 0:
            return delegate, reply
        connection.set_max_body_size(sys.maxsize)  # what is chunked is counted as it comes
        return ApplicationRequest(reply, self._budgets, declared or most_bytes, delegate), reply


def _most_bytes(request: RequestContext) -> int:
    if request.has_small_body or presents_credential(request.headers, request.target):
        return _BODY_BYTES
    return _ANONYMOUS_BODY_BYTES


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
