"""POST and GET /api/graphql."""

from __future__ import annotations

import json
from http import HTTPStatus

import grpc

from reference_server.contract.failure import Failure
from reference_server.contract.status import code_of
from reference_server.frontend.api.handler import ApiHandler
from reference_server.frontend.api.parameters import Parameters, UnreadableBodyError
from reference_server.frontend.graphql.execution import errors_answer, run
from reference_server.frontend.graphql.lookups import Lookups, hides
from reference_server.frontend.graphql.root import Root
from reference_server.frontend.http.responses import JsonValue
from reference_server.frontend.http.target import MalformedTextError


class GraphQL(ApiHandler):
    """One query or mutation, as JSON, form or query parameters."""

    route = "graphql"

    async def post(self) -> None:
        """Run what the body holds."""
        await self._run(reading=False)

    async def get(self) -> None:
        """Run a query of the address; it may change nothing."""
        await self._run(reading=True)

    async def _run(self, *, reading: bool) -> None:
        try:
            parameters = self.parameters
        except UnreadableBodyError:
            self.send(errors_answer(HTTPStatus.BAD_REQUEST, "The request body is no JSON object"))
            return
        except MalformedTextError:
            self.send(errors_answer(HTTPStatus.BAD_REQUEST, "The request has invalid or malformed text"))
            return
        if not await self._are_credentials_known():
            self.send(errors_answer(HTTPStatus.UNAUTHORIZED, "Invalid token"))
            return
        query, operation = parameters.value("query"), parameters.value("operationName")
        variables = _variables(parameters)
        if not isinstance(query, str | None) or not isinstance(operation, str | None) or variables is None:
            text = "Query and operationName must be texts, variables an object"
            self.send(errors_answer(HTTPStatus.UNPROCESSABLE_ENTITY, text))
            return
        lookups = Lookups(self.services, self.credentials, request_id=self.context.request_id, origin=self.origin)
        self.send(await run(query or "", variables, operation or None, Root(lookups), reading=reading))

    async def _are_credentials_known(self) -> bool:
        """Return whether the credentials, if any, are somebody's."""
        if not self.credentials:
            return True
        try:
            await self.caller()
        except Failure as failure:
            if hides(failure) or code_of(failure) is grpc.StatusCode.UNAUTHENTICATED:
                return False
            raise
        return True


def _variables(parameters: Parameters) -> dict[str, JsonValue] | None:
    """Read the variables, in a form as the text of a JSON object; None when they are none."""
    value = parameters.value("variables")
    if isinstance(value, str):
        try:
            value = json.loads(value) if value else {}
        except (ValueError, RecursionError):
            return None
    if value is None:
        return {}
    return value if isinstance(value, dict) else None
