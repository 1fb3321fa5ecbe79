"""Direct download: the registry redirects to signed URLs, and an object storage on another port serves the content."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from tornado.httputil import HTTPMessageDelegate
from tornado.web import Application

from reference_server.frontend.http.acceptor import most_connections
from reference_server.frontend.http.connections import Connections
from reference_server.frontend.http.precedence import Precedence
from reference_server.frontend.http.reply import Headers, Refusal, Reply
from reference_server.frontend.http.responses import Response
from reference_server.frontend.http.router import Router
from reference_server.frontend.http.server import new_server
from reference_server.frontend.http.stall_watch import StallWatch
from reference_server.frontend.package_files.download import Download, OpenFile
from reference_server.frontend.server_context import ServerContext

_BACKLOG = 1024
_MOST_URLS = 16_384
_URL_SECONDS = 600
_SIGNATURE_BYTES = 32
_FOLDER = "/packages/"
_WITHHELD = {"x-checksum-sha256", "x-checksum-sha1", "x-checksum-md5", "x-content-type-options"}
_CONTENT_TYPE = ("Content-Type", "binary/octet-stream")
_XML = "application/xml"
_FORBIDDEN = Response(HTTPStatus.FORBIDDEN, b"<Error><Code>AccessDenied</Code></Error>", content_type=_XML)
_TWICE_AUTHORIZED = Response(HTTPStatus.BAD_REQUEST, b"<Error><Code>InvalidArgument</Code></Error>", content_type=_XML)


@dataclass(frozen=True, slots=True)
class SignedUrl:
    """What a URL lets its bearer do: one method, with what the registry has found allowed, until it expires."""

    method: str
    open_file: OpenFile
    expires: float


class ObjectStorage:
    """Serves content on a port of its own, at URLs that `redirect` has given out. A process serves its own alone."""

    def __init__(
        self,
        server: ServerContext,
        application: Application,
        host: str,
        precedence: Precedence,
        *,
        heads: StallWatch,
    ) -> None:
        self._server = server
        self._urls: OrderedDict[str, SignedUrl] = OrderedDict()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listening = socket.create_server((host, 0), family=family, backlog=_BACKLOG)
        self._listening.setblocking(False)
        self._port = self._listening.getsockname()[1]
        router = Router(self._route, application, server.log)
        self._http = new_server(Connections(router, server.metrics, precedence, heads=heads, bodies=server.stalls))
        self._http.serve(self._listening, most_connections())

    def stop(self) -> None:
        """Accept no more."""
        self._http.stop()

    def redirect(self, server: ServerContext, reply: Reply, open_file: OpenFile) -> HTTPMessageDelegate:
        """Return what answers a download with a redirect; a NewDownload."""
        return _Redirect(server, reply, open_file, self)

    def sign(self, reply: Reply, open_file: OpenFile, file_name: str) -> str:
        """Return a URL at which what `open_file` opens is served, to the method of the request."""
        signature = secrets.token_hex(_SIGNATURE_BYTES)
        self._urls[signature] = SignedUrl(reply.request.method, open_file, time.monotonic() + _URL_SECONDS)
        if len(self._urls) > _MOST_URLS:
            self._urls.popitem(last=False)
        name = quote(file_name.rpartition("/")[2], safe="")
        host = urlsplit(f"//{reply.request.headers.get('Host', '')}").hostname or self._listening.getsockname()[0]
        authority = f"[{host}]" if ":" in host else host
        return (
            f"http://{authority}:{self._port}{_FOLDER}{name}?X-Amz-Expires={_URL_SECONDS}&X-Amz-Signature={signature}"
        )

    def _route(self, reply: Reply) -> HTTPMessageDelegate:
        """Return what serves a signed URL, or refuses what is none; an Authorization beside a signature is refused."""
        reply = ObjectReply(reply.request, reply.connection, self._server.log)
        reply.request.route = "object"
        url = self._urls.get(reply.request.target.rpartition("X-Amz-Signature=")[2])
        if "Authorization" in reply.request.headers:
            return Refusal(reply, _TWICE_AUTHORIZED)
        if url is None or url.method != reply.request.method or url.expires < time.monotonic():
            return Refusal(reply, _FORBIDDEN)
        return Download(self._server, reply, url.open_file)


class ObjectReply(Reply):
    """An answer of the object storage: it knows nothing of the registry's checksums, nor of content types."""

    __slots__ = ()

    def begin(self, status: HTTPStatus, headers: Headers, content: bytes = b"") -> asyncio.Future[None]:
        """Send the head of an answer, and the first of its content."""
        return super().begin(status, [_of_object(header) for header in _kept(headers)], content)


class _Redirect(Download):
    """Answers with a redirect to what the caller may have, and with a refusal as ever."""

    def __init__(self, server: ServerContext, reply: Reply, open_file: OpenFile, objects: ObjectStorage) -> None:
        super().__init__(server, reply, open_file)
        self._objects = objects
        self._answer_to = reply
        self._find = open_file

    async def _respond(self) -> None:
        """Open the file, which decides whether the caller may have it, and say where it is."""
        opened = await self._find()
        location = self._objects.sign(self._answer_to, self._find, opened.package_file.file_name)
        self._answer_to.send_content(HTTPStatus.FOUND, [("Content-Type", "text/plain"), ("Location", location)], b"")


def _kept(headers: Headers) -> Sequence[tuple[str, str]]:
    return [header for header in headers if header[0].lower() not in _WITHHELD]


def _of_object(header: tuple[str, str]) -> tuple[str, str]:
    return _CONTENT_TYPE if header == ("Content-Type", "application/octet-stream") else header
