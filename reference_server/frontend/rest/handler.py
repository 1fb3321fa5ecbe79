"""What every REST endpoint shares: credentials, parameters, calls to the storage, answers, the log line."""

from __future__ import annotations

import functools
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TypeVar

import grpc
import structlog
from generic_packages.storage.v1.credential_pb2 import Credential
from generic_packages.storage.v1.identity_pb2 import GetCallerRequest, GetCallerResponse
from generic_packages.storage.v1.packages_pb2 import GivenPart
from tornado.web import HTTPError, RequestHandler

from reference_server.contract.failure import Failure
from reference_server.contract.status import TransportFailure
from reference_server.frontend import request_ids
from reference_server.frontend.access_log import AccessLog
from reference_server.frontend.answers import (
    ROUTE_UNKNOWN,
    TEXT_MALFORMED,
    UNEXPECTED,
    Answer,
    JsonValue,
    json_answer,
    method_not_allowed,
)
from reference_server.frontend.credentials import presented_credentials
from reference_server.frontend.exchange import Exchange
from reference_server.frontend.failures import answer_to
from reference_server.frontend.metrics import Metrics
from reference_server.frontend.rest.pagination import Page, cursor_headers, page_headers
from reference_server.frontend.rest.parameters import BadParametersError, Parameters
from reference_server.frontend.rest.reading import UnreadableBodyError, UnspeakableTextError, read_parameters
from reference_server.frontend.storage_link.calls import SingleCalls, call
from reference_server.frontend.storage_link.services import Services

_Request = TypeVar("_Request")
_Response = TypeVar("_Response")

_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
_UNREADABLE_BODY = json_answer(400, {"error": "message body does not match declared format"})
_ANSWERS = {400: TEXT_MALFORMED, 404: ROUTE_UNKNOWN}
_NO_CONTENT = Answer(204, b"")


@dataclass(frozen=True, slots=True)
class RestDesk:
    """What the endpoints work with, made once for each process."""

    services: Services
    calls: SingleCalls
    log: AccessLog
    metrics: Metrics


class ApiHandler(RequestHandler):
    """One request; the refusals that its methods raise become answers in GitLab's shape."""

    route = "rest"
    """The route's name in the metrics."""

    def __init_subclass__(cls) -> None:
        """Answer HEAD like GET wherever there is a GET."""
        if "get" in vars(cls):
            setattr(cls, "head", vars(cls)["get"])  # noqa: B010 -- a method that Tornado's class declares

    def initialize(self, desk: RestDesk) -> None:
        """Take what every endpoint works with."""
        self.desk = desk
        self.services = desk.services
        self._exchange = Exchange(
            request_id=request_ids.request_id(self.request.headers.get(request_ids.HEADER)),
            method=self.request.method or "",
            target=self.request.uri or "",
            route=self.route,
            remote_address=str(self.request.remote_ip),
            started=time.monotonic(),
            received_bytes=len(self.request.body),
        )

    def set_default_headers(self) -> None:
        """Keep Tornado's own name out of the answers."""
        self.clear_header("Server")

    def decode_argument(self, value: bytes, name: str | None = None) -> str:
        """Refuse text that no name can hold."""
        text = super().decode_argument(value, name)
        if "\0" in text:
            raise HTTPError(400)
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
        """The parameters of query and body. Raises UnreadableBodyError, UnspeakableTextError."""
        return read_parameters(self.request)

    @property
    def request_id(self) -> str:
        """The id that the request's log lines have in common."""
        return self._exchange.request_id

    async def ask(self, method: grpc.aio.UnaryUnaryMultiCallable[_Request, _Response], request: _Request) -> _Response:
        """Call the storage. Raises Failure or TransportFailure."""
        return await call(method, request, request_id=self.request_id)

    async def caller(self) -> GetCallerResponse:
        """Ask who is calling. Raises Failure when nobody is known to be."""
        return await self.ask(self.services.identity.GetCaller, GetCallerRequest(credentials=self.credentials))

    def send(self, answer: Answer) -> None:
        """Send a whole answer."""
        self.set_status(answer.status)
        self.set_header(request_ids.HEADER, self._exchange.request_id)
        for name, value in answer.headers:
            self.set_header(name, value)
        if answer.status == 204:  # noqa: PLR2004 -- the status that has no body
            self.finish()
            return
        self.set_header("Content-Type", answer.content_type)
        self._exchange.sent_bytes = 0 if self.request.method == "HEAD" else len(answer.body)
        self.finish(answer.body)

    def send_json(self, status: int, value: JsonValue) -> None:
        """Send a JSON answer."""
        self.send(json_answer(status, value))

    def send_page(self, items: Sequence[JsonValue], page: Page, total: int) -> None:
        """Send one page of a list that is counted."""
        self.send(json_answer(200, list(items), *page_headers(self.request, page, total)))

    def send_part(self, items: Sequence[JsonValue], part: GivenPart) -> None:
        """Send one part of a list that the storage cut."""
        headers = (
            page_headers(self.request, Page(part.page, part.per_page), part.total)
            if part.page
            else cursor_headers(self.request, part.per_page, part.next_cursor)
        )
        self.send(json_answer(200, list(items), *headers))

    def send_nothing(self) -> None:
        """Send that it is done, and no more."""
        self.send(_NO_CONTENT)

    def compute_etag(self) -> None:
        """No endpoint here has cacheable answers."""

    def write_error(self, status_code: int, **details: object) -> None:
        """Answer with what went wrong."""
        information = details.get("exc_info")
        error = information[1] if isinstance(information, tuple) else None
        if isinstance(error, (Failure, TransportFailure)):
            self.send(answer_to(error))
        elif status_code == 405:  # noqa: PLR2004 -- Tornado's own refusal
            self.send(method_not_allowed(*self._methods()))
        else:
            self.send(_ANSWERS.get(status_code, UNEXPECTED))

    def log_exception(
        self, typ: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Log defects; refusals are in the access log already."""
        if not isinstance(value, (Failure, TransportFailure, HTTPError)):
            structlog.get_logger().error(
                "request failed", request_id=self._exchange.request_id, exc_info=(typ, value, tb)
            )

    def on_finish(self) -> None:
        """Log the request."""
        self._exchange.status = self.get_status()
        self.desk.log.record(self._exchange)

    async def judge_credentials(self) -> None:
        """Raise Failure for who may not call at all: such a caller learns nothing of parameters."""
        await self.caller()

    def _methods(self) -> list[str]:
        """Name the methods that this endpoint has."""
        mine = type(self)
        return [
            method
            for method in _METHODS
            if getattr(mine, method.lower()) is not getattr(RequestHandler, method.lower())
        ]


def judged(method: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Make a handler's method refuse parameters that are wrong or unreadable, but credentials before them."""

    @functools.wraps(method)
    async def refusing(handler: ApiHandler, *path: str) -> None:
        try:
            await method(handler, *path)
        except BadParametersError as error:
            await handler.judge_credentials()
            handler.send_json(400, {"error": str(error)})
        except UnspeakableTextError:
            handler.send(TEXT_MALFORMED)
        except UnreadableBodyError:
            await handler.judge_credentials()
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
        self.send(ROUTE_UNKNOWN if status_code < 500 else UNEXPECTED)  # noqa: PLR2004 -- whose fault it is
