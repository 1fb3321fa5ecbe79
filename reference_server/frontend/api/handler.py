"""What every endpoint shares: credentials, parameters, calls to the storage, answers, the log line."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from types import TracebackType
from typing import Protocol, TypeVar, cast

import grpc
import structlog
from generic_packages.storage.v1.credential_pb2 import Credential
from generic_packages.storage.v1.identity_pb2 import GetCallerRequest, GetCallerResponse
from google.protobuf.internal.containers import RepeatedCompositeFieldContainer
from tornado.web import HTTPError, RequestHandler

from reference_server.contract.failure import Failure
from reference_server.contract.status import TransportFailure
from reference_server.frontend.api.parameters import (
    BadParametersError,
    Parameters,
    UnreadableBodyError,
    read_parameters,
)
from reference_server.frontend.failures import noted
from reference_server.frontend.http.credentials import presented_credentials
from reference_server.frontend.http.request import REQUEST_ID_HEADER, ContextualRequest
from reference_server.frontend.http.responses import (
    NO_CONTENT,
    ROUTE_UNKNOWN,
    TEXT_MALFORMED,
    UNEXPECTED,
    JsonValue,
    Response,
    error_response,
    json_response,
    method_not_allowed,
)
from reference_server.frontend.http.target import MalformedTextError
from reference_server.frontend.server_context import ServerContext
from reference_server.frontend.storage_link.calls import call


class AuthenticatedRequest(Protocol):
    """A contract message that holds credentials."""

    @property
    def credentials(self) -> RepeatedCompositeFieldContainer[Credential]:
        """Every credential that the HTTP request presents."""


_Request = TypeVar("_Request", bound=AuthenticatedRequest)
_Response = TypeVar("_Response")
_Method = Callable[..., Awaitable[None]]

_METHODS = ("get", "head", "post", "put", "delete", "patch", "options")
_UNREADABLE_BODY = error_response(HTTPStatus.BAD_REQUEST, "message body does not match declared format")
_ANSWERS: dict[int, Response] = {HTTPStatus.BAD_REQUEST: TEXT_MALFORMED, HTTPStatus.NOT_FOUND: ROUTE_UNKNOWN}


class ApiHandler(RequestHandler):
    """One request; the refusals that its methods raise become answers in GitLab's shape."""

    route = "rest"
    """The route's name in the metrics."""

    def __init_subclass__(cls) -> None:
        """Make every method refuse wrong parameters, and answer HEAD like GET wherever there is a GET."""
        for name in _METHODS:
            if name in vars(cls):
                setattr(cls, name, _refusing(vars(cls)[name]))
        if "get" in vars(cls):
            setattr(cls, "head", vars(cls)["get"])  # noqa: B010 -- a method that Tornado's class declares

    def initialize(self, server: ServerContext) -> None:
        """Take what every endpoint works with."""
        self.server = server
        self.services = server.services
        self.context = cast("ContextualRequest", self.request).context
        self.context.route = self.route
        self.context.received_bytes = len(self.request.body)
        self._parameters: Parameters | None = None
        if server.external_url is not None:
            self.request.protocol, _, self.request.host = server.external_url.partition("://")

    def set_default_headers(self) -> None:
        """Keep Tornado's own name out of the answers."""
        self.clear_header("Server")

    def decode_argument(self, value: bytes, name: str | None = None) -> str:
        """Refuse text that no name can hold."""
        text = super().decode_argument(value, name)
        if "\0" in text:
            raise HTTPError(HTTPStatus.BAD_REQUEST)
        return text

    @property
    def credentials(self) -> list[Credential]:
        """Every credential that the request presents."""
        query = {name: values[-1].decode("utf-8", "replace") for name, values in self.request.query_arguments.items()}
        return presented_credentials(self.request.headers, query)

    @property
    def origin(self) -> str:
        """The scheme and host that links begin with."""
        return f"{self.request.protocol}://{self.request.host}"

    @property
    def parameters(self) -> Parameters:
        """The parameters of query and body. Raises UnreadableBodyError, MalformedTextError."""
        if self._parameters is None:
            self._parameters = read_parameters(self.request)
        return self._parameters

    async def call(self, method: grpc.aio.UnaryUnaryMultiCallable[_Request, _Response], request: _Request) -> _Response:
        """Call the storage with the HTTP request's credentials, unless its parameters turned out to be wrong.

        Raises BadParametersError, Failure or TransportFailure.
        """
        if self._parameters is not None:
            self._parameters.check()
        request.credentials.extend(self.credentials)
        return await call(method, request, request_id=self.context.request_id)

    async def caller(self) -> GetCallerResponse:
        """Ask who is calling. Raises Failure when the credentials are nobody's."""
        request = GetCallerRequest(credentials=self.credentials)
        return await call(self.services.identity.GetCaller, request, request_id=self.context.request_id)

    async def authenticate(self) -> None:
        """Raise Failure for who may not call at all: such a caller learns nothing of parameters."""
        await self.caller()

    def send(self, answer: Response) -> None:
        """Send a whole answer."""
        self.set_status(answer.status)
        self.set_header(REQUEST_ID_HEADER, self.context.request_id)
        for name, value in answer.headers:
            self.set_header(name, value)
        if answer.status is HTTPStatus.NO_CONTENT:
            self.finish()
            return
        self.set_header("Content-Type", answer.content_type)
        self.context.sent_bytes = 0 if self.request.method == "HEAD" else len(answer.body)
        self.finish(answer.body)

    def send_json(self, value: JsonValue, status: HTTPStatus = HTTPStatus.OK) -> None:
        """Send a JSON answer."""
        self.send(json_response(status, value))

    def send_nothing(self) -> None:
        """Send that it is done, and no more."""
        self.send(NO_CONTENT)

    def compute_etag(self) -> None:
        """Send no ETag: no endpoint here has cacheable answers."""

    def write_error(self, status_code: int, **details: object) -> None:
        """Answer with what went wrong."""
        information = details.get("exc_info")
        error = information[1] if isinstance(information, tuple) else None
        if isinstance(error, (Failure, TransportFailure)):
            self.send(noted(error, self.context))
        elif status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            lacking = [name for name in _METHODS if getattr(type(self), name) is getattr(RequestHandler, name)]
            self.send(method_not_allowed(*(name.upper() for name in _METHODS if name not in lacking)))
        else:
            self.send(_ANSWERS.get(status_code, UNEXPECTED))

    def log_exception(
        self, typ: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Log defects; refusals are in the access log already."""
        if not isinstance(value, (Failure, TransportFailure, HTTPError)):
            structlog.get_logger().error(
                "request failed", request_id=self.context.request_id, exc_info=(typ, value, tb)
            )

    def on_finish(self) -> None:
        """Log the request, and let go of its turn and its body."""
        self.context.leave_turn()
        self.context.status = self.get_status()
        self.server.log.record(self.context)
        if self.context.body is not None:
            self.context.body.leave()


def _refusing(method: _Method) -> _Method:
    """Make a handler's method refuse parameters that are wrong or unreadable, but credentials before them."""

    @functools.wraps(method)
    async def refusing(handler: ApiHandler, *path: str) -> None:
        try:
            await method(handler, *path)
        except BadParametersError as error:
            await handler.authenticate()
            handler.send(error_response(HTTPStatus.BAD_REQUEST, str(error)))
        except MalformedTextError:
            handler.send(TEXT_MALFORMED)
        except UnreadableBodyError:
            await handler.authenticate()
            handler.send(_UNREADABLE_BODY)

    return refusing


class UnknownRoute(ApiHandler):
    """Every route that does not exist."""

    route = "unknown"

    def prepare(self) -> None:
        """Answer whatever the method is."""
        self.send(ROUTE_UNKNOWN)

    def write_error(self, status_code: int, **_details: object) -> None:
        """Answer so even to a method that Tornado has never heard of."""
        self.send(ROUTE_UNKNOWN if status_code < HTTPStatus.INTERNAL_SERVER_ERROR else UNEXPECTED)
