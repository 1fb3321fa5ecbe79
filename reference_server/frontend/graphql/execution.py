"""The run of one GraphQL query against a root, and GitLab's answer to what comes out."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import structlog
from graphql import DocumentNode, ExecutionResult, GraphQLError, execute, get_operation_ast, parse, validate

from reference_server.contract.failure import Failure
from reference_server.contract.status import TransportFailure
from reference_server.frontend.failures import response_to
from reference_server.frontend.graphql.limits import QUERY_CHARACTERS, TOKENS, check_size
from reference_server.frontend.graphql.schema import SCHEMA, resolve_field
from reference_server.frontend.http.responses import JsonValue, Response, json_response

_VALIDATION_ERRORS: Final = 20


def errors_answer(status: HTTPStatus, message: str, *headers: tuple[str, str]) -> Response:
    """Return the refusal of a request as a whole, in the form of a GraphQL answer."""
    return json_response(status, {"errors": [{"message": message}]}, *headers)


async def run(
    query: str, variables: Mapping[str, JsonValue], operation: str | None, root: object, *, reading: bool
) -> Response:
    """Run a query. `reading` is for requests that may change nothing."""
    if len(query) > QUERY_CHARACTERS:
        return errors_answer(HTTPStatus.UNPROCESSABLE_ENTITY, "Query too large")
    if not query.strip():
        return errors_answer(HTTPStatus.OK, "No query string was present")
    try:
        document = _checked(query)
    except GraphQLError as error:
        return _answer(ExecutionResult(None, [error]))
    if reading and _mutates(document, operation):
        return errors_answer(HTTPStatus.UNPROCESSABLE_ENTITY, "Mutations are forbidden in GET requests")
    errors = validate(SCHEMA, document, max_errors=_VALIDATION_ERRORS)
    if errors:
        return _answer(ExecutionResult(None, errors))
    result = execute(SCHEMA, document, root, None, dict(variables), operation, resolve_field)
    return _answer(await result if inspect.isawaitable(result) else result)


def _checked(query: str) -> DocumentNode:
    """Parse a query and check its size, before anything that takes longer. Raises GraphQLError."""
    try:
        document = parse(query, max_tokens=TOKENS)
        check_size(document)
    except RecursionError:
        raise GraphQLError("Query nests too deep") from None
    return document


def _mutates(document: DocumentNode, operation: str | None) -> bool:
    """Return whether the operation that would run is no query."""
    chosen = get_operation_ast(document, operation)
    return chosen is not None and chosen.operation.value != "query"


def _answer(result: ExecutionResult) -> Response:
    """Return 200 with data and errors; a storage that cannot be asked is no matter of the query."""
    for error in result.errors or []:
        cause = error.original_error
        if isinstance(cause, (Failure, TransportFailure)):
            refusal = response_to(cause)
            return errors_answer(refusal.status, _explanation(refusal.status), *refusal.headers)
    body: dict[str, JsonValue] = {}
    if result.errors:
        body["errors"] = [_formatted(error) for error in result.errors]
    if result.data is not None or not result.errors:
        body["data"] = result.data
    return json_response(HTTPStatus.OK, body)


def _explanation(status: HTTPStatus) -> str:
    """Return why a request was refused as a whole; 401 when its token ended while the query ran."""
    if status is HTTPStatus.UNAUTHORIZED:
        return "Invalid token"
    return "Internal server error" if status is HTTPStatus.INTERNAL_SERVER_ERROR else "Service unavailable"


def _formatted(error: GraphQLError) -> JsonValue:
    """Return an error; a defect tells nothing of itself but goes to the log."""
    shown = dict(error.formatted)
    if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
        structlog.get_logger().error("GraphQL field failed", path=error.path, exc_info=error.original_error)
        shown["message"] = "Internal server error"
    return shown  # type: ignore[return-value] # GraphQL's own JSON
