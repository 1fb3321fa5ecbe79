"""Ids beyond 32 bits: every id that the good registry gives is shifted on its way out, and back on its way in."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from conformance.selftest.lawful.liberties import has_json
from conformance.selftest.messages import Request, Response, collect
from conformance.selftest.upstream import Upstream

SHIFT = 2**33
MOST = 1_000_000
NUMBER = re.compile(r"(?<![\w.-])\d{10}(?![\w.-])")
ADDRESSED = re.compile(r"/(projects|groups|packages|package_files|users|pipelines|jobs)/(\d+)(?=[/?\"&>]|$)")
IN_QUERY = re.compile(r"([?&](?:id_after|last_id|cursor_id)=)(\d+)")


class LargeIdentifiers:
    """Shifts ids in JSON, in addresses within it and in Link headers."""

    async def __call__(self, request: Request, upstream: Upstream) -> Response:
        """Serve a request."""
        response = await upstream.forward(await _small_again(request))
        link = response.header("link")
        if link:
            response = response.with_header("Link", _larger_in(link))
        if not has_json(request, response):
            return response
        upstream.mark_mutated()
        content = await collect(response.body)
        return response.with_content(json.dumps(_larger(json.loads(content))).encode() if content else content)


async def _small_again(request: Request) -> Request:
    changed = replace(request, target=NUMBER.sub(_smaller, request.target))
    if not (request.header("content-type") or "").startswith("application/json") or "/generic/" in request.target:
        return changed
    return changed.with_content(NUMBER.sub(_smaller, (await collect(request.body)).decode()).encode())


def _smaller(match: re.Match[str]) -> str:
    number = int(match[0])
    return str(number - SHIFT) if SHIFT < number < SHIFT + MOST else match[0]


def _larger_in(text: str) -> str:
    addressed = ADDRESSED.sub(lambda match: f"/{match[1]}/{int(match[2]) + SHIFT}", text)
    return IN_QUERY.sub(lambda match: f"{match[1]}{int(match[2]) + SHIFT}", addressed)


def _larger(value: Any, key: str = "") -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {name: _larger(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_larger(each, key) for each in value]
    if isinstance(value, str):
        return _larger_in(value)
    is_id = key == "id" or key.endswith("_id")
    return value + SHIFT if is_id and type(value) is int and value > 0 else value
