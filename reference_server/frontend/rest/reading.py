"""Where the parameters of a REST call may be put: query, form or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from tornado.httputil import HTTPServerRequest

from reference_server.frontend.answers import JsonValue
from reference_server.frontend.rest.parameters import Parameters

_UNSPEAKABLE = re.compile("[\0\ud800-\udfff]")


class UnreadableBodyError(ValueError):
    """A body that is not what its Content-Type says."""


class UnspeakableTextError(ValueError):
    """Text that nothing can be called: no UTF-8, or with a NUL in it."""


def read_parameters(request: HTTPServerRequest) -> Parameters:
    """Collect a request's parameters; those of the body count before those of the query.

    Raises UnreadableBodyError and UnspeakableTextError.
    """
    values: dict[str, JsonValue] = _decoded(request.query_arguments)
    content_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if content_type == "application/json" and request.body:
        values.update(_json_object(request.body))
    else:
        values.update(_decoded(request.body_arguments))
    _require_speakable(values)
    return Parameters(values)


def _json_object(body: bytes) -> dict[str, JsonValue]:
    """Read a JSON object."""
    try:
        value = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise UnreadableBodyError from None
    if not isinstance(value, dict):
        raise UnreadableBodyError
    return value


def _decoded(arguments: Mapping[str, list[bytes]]) -> dict[str, JsonValue]:
    """Decode form or query arguments: a list for names that end in `[]`, otherwise the last value."""
    try:
        return {
            name: [value.decode() for value in values] if name.endswith("[]") else values[-1].decode()
            for name, values in arguments.items()
        }
    except UnicodeDecodeError:
        raise UnspeakableTextError from None


def _require_speakable(values: JsonValue) -> None:
    """Raise UnspeakableTextError when any text, however deep, has a NUL or half a character in it."""
    waiting = [values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if _UNSPEAKABLE.search(value):
                raise UnspeakableTextError
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += [*value, *value.values()]
