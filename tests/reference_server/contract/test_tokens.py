"""Tokens in the log: however they got into a line, none stays readable."""

from __future__ import annotations

import asyncio
import io
import json
from urllib.parse import unquote

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from reference_server.contract import logs
from reference_server.contract.tokens import without_tokens
from reference_server.storage.access.tokens import new_access_token, new_deploy_token, new_job_token, new_runner_token

MAKERS = (new_access_token, new_deploy_token, new_runner_token, new_job_token)
DEEPEST = 3  # how often a token is encoded at most


@st.composite
def encoded(draw: st.DrawFn, token: str) -> str:
    """Encode some characters of a token, each so often and with hexadecimal digits of either case."""
    parts = []
    for character in token:
        percent = "%" + "25" * draw(st.integers(0, DEEPEST - 1)) if draw(st.booleans()) else ""
        digits = draw(st.sampled_from([f"{ord(character):02x}", f"{ord(character):02X}"]))
        parts.append(f"{percent}{digits}" if percent else character)
    return "".join(parts)


def decoded(text: str) -> str:
    """Decode as often as anything was encoded."""
    for _ in range(DEEPEST + 1):
        text = unquote(text)
    return text


around = st.text("abgl-/?&=%25673.", max_size=12)


@given(st.data(), st.sampled_from(MAKERS), around, around)
def test_no_issued_token_survives_wherever_it_stands(
    data: st.DataObject, make: object, before: str, after: str
) -> None:
    assert callable(make)
    token = str(make())
    written = f"{before}{data.draw(encoded(token))}{after}"
    secret = token.partition("-")[2]
    assert secret not in decoded(without_tokens(written))
    assert secret in decoded(written)


@pytest.mark.parametrize(
    "text",
    [
        "/api/v4/projects/tests%2Fprivate/packages/generic/glue-pattern/1.0/glrt-",
        "/%67%6C%70%61%74/%25/gl%70at",
        "glpat",
    ],
)
def test_a_text_without_a_token_stays_as_it_is(text: str) -> None:
    assert without_tokens(text) == text


def test_what_surrounds_a_token_stays() -> None:
    assert without_tokens('{"path":"/a/glpat-abc_DEF-1/b?c=%67ldt%2Dxyz&d"}') == (
        '{"path":"/a/glpat-[removed]/b?c=%67ldt%2D[removed]&d"}'
    )


def test_no_line_of_either_log_holds_a_token() -> None:
    stream, token = io.StringIO(), new_job_token()

    async def write() -> None:
        logs.configure(stream=stream)
        try:
            structlog.get_logger().error("defect", request_id=token, exc_info=ValueError(f"unknown {token}"))
            lines = logs.Lines(stream)
            lines.add(json.dumps({"method": token}))
            lines.flush()
        finally:
            structlog.reset_defaults()

    asyncio.run(write())
    assert token not in stream.getvalue()
    assert [sorted(json.loads(line)) for line in stream.getvalue().splitlines()] == [
        ["event", "exception", "level", "request_id", "timestamp"],
        ["method"],
    ]
