"""Calls to the storage on behalf of one GraphQL request: counted, few at a time, and refusals told from absence."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Final, TypeVar

import grpc
from generic_packages.storage.v1.credential_pb2 import Credential
from graphql import GraphQLError

from reference_server.contract.failure import Failure, Reason
from reference_server.frontend.api.handler import AuthenticatedRequest
from reference_server.frontend.storage_link.calls import Services, call

_Request = TypeVar("_Request", bound=AuthenticatedRequest)
_Response = TypeVar("_Response")

_CALLS: Final = 250
_CALLS_AT_ONCE: Final = 8
# What a caller may not see looks like what is not there. A credential that names nobody was refused before.
_HIDDEN: Final = frozenset(
    {
        Reason.CREDENTIAL_INVALID,
        Reason.SCOPE_INSUFFICIENT,
        Reason.ROLE_INSUFFICIENT,
        Reason.PROJECT_NOT_FOUND,
        Reason.GROUP_NOT_FOUND,
        Reason.PACKAGE_NOT_FOUND,
    }
)


class Lookups:
    """Calls the storage with the credentials of one HTTP request. `origin` is what its links begin with."""

    def __init__(self, services: Services, credentials: list[Credential], *, request_id: str, origin: str) -> None:
        self.services = services
        self.origin = origin
        self._credentials = credentials
        self._request_id = request_id
        self._left = _CALLS
        self._gate = asyncio.Semaphore(_CALLS_AT_ONCE)

    async def call(self, method: grpc.aio.UnaryUnaryMultiCallable[_Request, _Response], request: _Request) -> _Response:
        """Call the storage. Raises Failure, TransportFailure; GraphQLError when the query wants too many calls."""
        if self._left == 0:
            raise GraphQLError(f"Query needs more than {_CALLS} lookups; ask for smaller pages")
        self._left -= 1
        request.credentials.extend(self._credentials)
        async with self._gate:
            return await call(method, request, request_id=self._request_id)


async def if_visible(answer: Awaitable[_Response]) -> _Response | None:
    """Wait for an answer; None when there is nothing that the caller may see."""
    try:
        return await answer
    except Failure as failure:
        if failure.reason in _HIDDEN:
            return None
        raise


def hides(failure: Failure) -> bool:
    """Return whether a refusal says no more than that the caller sees nothing there."""
    return failure.reason in _HIDDEN
