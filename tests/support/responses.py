"""Responses as a check sees them, made without a registry."""

import hashlib

from conformance.transport.response import Response


def response_of(status: int, body: bytes = b"", *headers: tuple[str, str]) -> Response:
    return Response(
        number=1,
        status=status,
        reason="",
        headers=headers,
        interim=(),
        size=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
        kept=body,
        body_sent=0,
        seconds=0.0,
        reusable=True,
        failure=None,
        lost=False,
    )
