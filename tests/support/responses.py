"""Responses as a check sees them, made without a registry."""

import hashlib

from conformance.transport.response import Response


def response_of(status: int, body: bytes = b"", *headers: tuple[str, str], size: int | None = None) -> Response:
    """Return a response whose kept body is `body`, of `size` bytes in all when more was sent."""
    return Response(
        number=1,
        status=status,
        reason="",
        headers=headers,
        interim=(),
        size=len(body) if size is None else size,
        sha256=hashlib.sha256(body).hexdigest(),
        kept=body,
        body_sent=0,
        seconds=0.0,
        reusable=True,
        failure=None,
        lost=False,
    )
