"""A request for a package file, as far as its head tells."""

from __future__ import annotations

import time
from dataclasses import dataclass

from generic_packages.storage.v1.credential_pb2 import Credential
from generic_packages.storage.v1.packages_pb2 import PackageFileCoordinates
from tornado.http1connection import HTTP1Connection, is_transfer_encoding_chunked, parse_int
from tornado.httputil import HTTPHeaders, HTTPInputError, RequestStartLine

from reference_server.frontend import request_ids
from reference_server.frontend.credentials import presented_credentials
from reference_server.frontend.exchange import Exchange
from reference_server.frontend.package_files.address import FileRoute, read_query

ROUTE = "package_file"
"""The route's name in the metrics."""


@dataclass(frozen=True, slots=True)
class FileRequest:
    """Who wants what: the credentials, the coordinates, and the decoded query."""

    request_id: str
    credentials: list[Credential]
    coordinates: PackageFileCoordinates
    query: dict[str, str]


def read_request(route: FileRoute, query: str, headers: HTTPHeaders, request_id: str) -> FileRequest:
    """Decode everything that the storage needs to know. Raises MalformedTextError."""
    parameters = read_query(query)
    return FileRequest(
        request_id=request_id,
        credentials=presented_credentials(headers, parameters),
        coordinates=route.coordinates(),
        query=parameters,
    )


def start_exchange(
    start_line: RequestStartLine, headers: HTTPHeaders, connection: HTTP1Connection, *, route: str
) -> Exchange:
    """Begin what is logged of a request."""
    return Exchange(
        request_id=request_ids.request_id(headers.get(request_ids.HEADER)),
        method=start_line.method,
        target=start_line.path,
        route=route,
        remote_address=str(connection.context),
        started=time.monotonic(),
    )


@dataclass(frozen=True, slots=True)
class BodyFraming:
    """How a body is delimited: `declared_size` is None for a chunked one."""

    declared_size: int | None

    @property
    def empty(self) -> bool:
        """Whether no body follows."""
        return self.declared_size == 0


def read_framing(headers: HTTPHeaders) -> BodyFraming:
    """Read how the body is delimited, as strictly as Tornado will. Raises HTTPInputError when it is ambiguous."""
    if is_transfer_encoding_chunked(headers):
        return BodyFraming(None)
    lengths = {length.strip() for length in headers.get("Content-Length", "0").split(",")}
    if len(lengths) != 1:
        raise HTTPInputError("Multiple unequal Content-Lengths")
    try:
        return BodyFraming(parse_int(lengths.pop()))
    except ValueError:
        raise HTTPInputError("Content-Length is no number") from None
