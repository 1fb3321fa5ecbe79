"""The routes of package files: from a request's head to the contract message it asks for, and to what handles it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from http import HTTPStatus

from generic_packages.storage.v1 import packages_pb2
from tornado.httputil import HTTPMessageDelegate

from reference_server.content.memory import SLOW_BODIES_BYTES, SMALL_BODIES_BYTES
from reference_server.contract.limits import SMALL_OPERATION_SECONDS
from reference_server.frontend.http.credentials import presented_credentials
from reference_server.frontend.http.reply import Refusal, Reply
from reference_server.frontend.http.responses import TEXT_MALFORMED, error_response, method_not_allowed
from reference_server.frontend.http.target import MalformedTextError, decode_query, decode_segment
from reference_server.frontend.http.whole_body import BodyBudgets
from reference_server.frontend.package_files.download import Download, OpenFile
from reference_server.frontend.package_files.paths import (
    FileSegments,
    NumberSegments,
    read_coordinates,
    split_file_path,
    split_number_path,
)
from reference_server.frontend.package_files.publish import LargePublish, SmallPublish
from reference_server.frontend.server_context import ServerContext

_ROUTE = "package_file"
_NUMBER_DIGITS = 18
_READING = ("GET", "HEAD")
_READING_ALONE = method_not_allowed(*_READING)
_READING_OR_PUT = method_not_allowed(*_READING, "PUT")


NewDownload = Callable[[ServerContext, Reply, OpenFile], HTTPMessageDelegate]
"""Makes what answers a GET or HEAD."""


class PackageFileRoutes:
    """Makes what handles each request for a package file."""

    def __init__(self, server: ServerContext, download: NewDownload = Download) -> None:
        self._server = server
        self._download = download
        self._budgets = BodyBudgets(SMALL_BODIES_BYTES, SLOW_BODIES_BYTES)

    def __call__(self, reply: Reply) -> HTTPMessageDelegate | None:
        """Return what handles a request; None for a path of another route. Raises HTTPInputError for a wrong Host."""
        path, _, query = reply.request.target.partition("?")
        if (segments := split_file_path(path)) is not None:
            choose = functools.partial(self._by_name, segments)
        elif (numbers := split_number_path(path)) is not None:
            choose = functools.partial(self._by_number, numbers)
        else:
            return None
        reply.request.route = _ROUTE
        reply.request.require_host()
        try:
            return choose(query, reply)
        except MalformedTextError:
            return Refusal(reply, TEXT_MALFORMED)

    def _by_name(self, segments: FileSegments, query: str, reply: Reply) -> HTTPMessageDelegate:
        """Publish a file, or download the newest of its name. Raises MalformedTextError."""
        request, server = reply.request, self._server
        if request.method != "PUT" and request.method not in _READING:
            return Refusal(reply, _READING_OR_PUT)
        parameters = decode_query(query)
        credentials = presented_credentials(request.headers, parameters)
        coordinates = read_coordinates(segments)
        status, select = parameters.get("status"), parameters.get("select")
        if request.method != "PUT":
            opening = packages_pb2.OpenPackageFileRequest(
                credentials=credentials,
                coordinates=coordinates,
                record_only=request.method == "HEAD",
                shares_volume=server.carriers.shares_volume,
            )
            open_file = functools.partial(
                server.operations.open_package_file,
                opening,
                request_id=request.request_id,
                seconds=SMALL_OPERATION_SECONDS,
            )
            return self._download(server, reply, open_file)
        if request.has_small_body:
            publication = packages_pb2.PublishRequest(
                credentials=credentials, coordinates=coordinates, status=status, select=select
            )
            return SmallPublish(server, self._budgets, reply, publication)
        beginning = packages_pb2.BeginPublicationRequest(
            credentials=credentials,
            coordinates=coordinates,
            status=status,
            select=select,
            declared_size=request.declared_bytes,
            shares_volume=server.carriers.shares_volume,
        )
        return LargePublish(server, reply, beginning)

    def _by_number(self, segments: NumberSegments, query: str, reply: Reply) -> HTTPMessageDelegate:
        """Download one publication of a file, the newest of its name or not. Raises MalformedTextError."""
        request, server = reply.request, self._server
        if request.method not in _READING:
            return Refusal(reply, _READING_ALONE)
        project, *numbers = segments
        for name, text in zip(("package_id", "package_file_id"), numbers, strict=True):
            if not (text.isascii() and text.isdecimal()):
                return Refusal(reply, error_response(HTTPStatus.BAD_REQUEST, f"{name} is invalid"))
        package_id, package_file_id = map(_bounded, numbers)
        opening = packages_pb2.OpenPackageFileByIdRequest(
            credentials=presented_credentials(request.headers, decode_query(query)),
            project=decode_segment(project),
            package_id=package_id,
            package_file_id=package_file_id,
            record_only=request.method == "HEAD",
            shares_volume=server.carriers.shares_volume,
        )
        open_file = functools.partial(server.calls.open_package_file, opening, request_id=request.request_id)
        return self._download(server, reply, open_file)


def _bounded(digits: str) -> int:
    """Return a number; 0, which nothing has, when it is beyond all."""
    return int(digits) if len(digits) <= _NUMBER_DIGITS else 0
