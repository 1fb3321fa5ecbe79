"""POST and GET /api/graphql."""

from __future__ import annotations

import json

import grpc

from reference_server.contract.failure import Failure
from reference_server.contract.status import code_of
from reference_server.frontend.answers import JsonValue
from reference_server.frontend.graphql.asking import Asker, hides
from reference_server.frontend.graphql.execution import errors_answer, run
from reference_server.frontend.graphql.root import Root
from reference_server.frontend.rest.handler import ApiHandler
from reference_server.frontend.rest.parameters import Parameters
from reference_server.frontend.rest.reading import UnreadableBodyError, UnspeakableTextError


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
            self.send(errors_answer(400, "The request body is no JSON object"))
            return
        except UnspeakableTextError:
            self.send(errors_answer(400, "The request has invalid or malformed text"))
            return
        if not await self._known():
            self.send(errors_answer(401, "Invalid token"))
            return
        query, operation = parameters.value("query"), parameters.value("operationName")
        variables = _variables(parameters)
        if not isinstance(query, str | None) or not isinstance(operation, str | None) or variables is None:
            self.send(errors_answer(422, "Query and operationName must be texts, variables an object"))
            return
        asker = Asker(self.services, self.credentials, self.request_id)
        self.send(await run(query or "", variables, operation or None, Root(asker, self.origin), reading=reading))

    async def _known(self) -> bool:
        """Whether the credentials are somebody's; nobody's are none of anybody's business."""
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
