"""Chooses what handles a request for a package file."""

from __future__ import annotations

from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine

from reference_server.frontend.answers import TEXT_MALFORMED, Answer, json_answer, method_not_allowed
from reference_server.frontend.credentials import presented_credentials
from reference_server.frontend.package_files.address import (
    FileRoute,
    MalformedTextError,
    NumberedRoute,
    decode,
    read_query,
)
from reference_server.frontend.package_files.desk import Desk
from reference_server.frontend.package_files.download import Download
from reference_server.frontend.package_files.opening import NewestFile, NumberedFile
from reference_server.frontend.package_files.publish import LargePublish, SmallPublish, takes_permission
from reference_server.frontend.package_files.refusal import Refusal
from reference_server.frontend.package_files.replies import Reply, persistence_of
from reference_server.frontend.package_files.request import (
    ROUTE,
    BodyFraming,
    read_framing,
    read_request,
    start_exchange,
)

_NUMBER_DIGITS = 18
_READING = frozenset({"GET", "HEAD"})
_NUMBERED_NOT_ALLOWED = method_not_allowed(*_READING)
_METHOD_NOT_ALLOWED = method_not_allowed("GET", "HEAD", "PUT")


class PackageFileRoutes:
    """Makes the message delegate for each request of the hot route."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def delegate(
        self,
        route: FileRoute,
        query: str,
        start_line: RequestStartLine,
        headers: HTTPHeaders,
        connection: HTTP1Connection,
    ) -> tuple[HTTPMessageDelegate, Reply]:
        """Choose by method and body. Raises HTTPInputError for a body whose end is ambiguous."""
        framing = read_framing(headers)
        reply = self.reply(start_line, headers, connection, ROUTE)
        return self._delegate(route, query, start_line, headers, connection, reply, framing), reply

    def _delegate(
        self,
        route: FileRoute,
        query: str,
        start_line: RequestStartLine,
        headers: HTTPHeaders,
        connection: HTTP1Connection,
        reply: Reply,
        framing: BodyFraming,
    ) -> HTTPMessageDelegate:
        """Choose what answers with the reply."""
        if start_line.method not in _READING | {"PUT"}:
            return Refusal(reply, _METHOD_NOT_ALLOWED, framing)
        try:
            request = read_request(route, query, headers, reply.exchange.request_id)
        except MalformedTextError:
            return Refusal(reply, TEXT_MALFORMED, framing)
        if start_line.method != "PUT":
            return Download(self._desk, connection, reply, NewestFile(self._desk, request), headers)
        if framing.declared_size is None or takes_permission(framing):
            return LargePublish(self._desk, connection, reply, request, framing)
        return SmallPublish(self._desk, reply, request, framing.declared_size)

    def numbered_delegate(
        self,
        route: NumberedRoute,
        query: str,
        start_line: RequestStartLine,
        headers: HTTPHeaders,
        connection: HTTP1Connection,
    ) -> tuple[HTTPMessageDelegate, Reply]:
        """Download one publication of a file by its number. Raises HTTPInputError as `delegate` does."""
        framing = read_framing(headers)
        reply = self.reply(start_line, headers, connection, ROUTE)
        return self._numbered_delegate(route, query, start_line, headers, connection, reply, framing), reply

    def _numbered_delegate(
        self,
        route: NumberedRoute,
        query: str,
        start_line: RequestStartLine,
        headers: HTTPHeaders,
        connection: HTTP1Connection,
        reply: Reply,
        framing: BodyFraming,
    ) -> HTTPMessageDelegate:
        """Choose what answers with the reply."""
        if start_line.method not in _READING:
            return Refusal(reply, _NUMBERED_NOT_ALLOWED, framing)
        for name, text in (("package_id", route.package), ("package_file_id", route.package_file)):
            if not (text.isascii() and text.isdecimal()):
                return Refusal(reply, json_answer(400, {"error": f"{name} is invalid"}), framing)
        try:
            opener = NumberedFile(
                desk=self._desk,
                request_id=reply.exchange.request_id,
                credentials=presented_credentials(headers, read_query(query)),
                project=decode(route.project),
                package_id=_bounded(route.package),
                package_file_id=_bounded(route.package_file),
            )
        except MalformedTextError:
            return Refusal(reply, TEXT_MALFORMED, framing)
        return Download(self._desk, connection, reply, opener, headers)

    def refusal(
        self, answer: Answer, start_line: RequestStartLine, headers: HTTPHeaders, connection: HTTP1Connection
    ) -> tuple[HTTPMessageDelegate, Reply]:
        """Refuse a request of whatever route for its form alone. Raises HTTPInputError as `delegate` does."""
        framing = read_framing(headers)
        reply = self.reply(start_line, headers, connection, "refused")
        return Refusal(reply, answer, framing), reply

    def reply(
        self, start_line: RequestStartLine, headers: HTTPHeaders, connection: HTTP1Connection, route: str
    ) -> Reply:
        """Begin the answer to a request."""
        exchange = start_exchange(start_line, headers, connection, route=route)
        return Reply(connection, exchange, self._desk.log, persistence_of(start_line, headers))


def _bounded(digits: str) -> int:
    """Read a number; 0, which nothing has, when it is beyond all."""
    return int(digits) if len(digits) <= _NUMBER_DIGITS else 0
