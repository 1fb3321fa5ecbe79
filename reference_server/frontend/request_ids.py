"""The id that follows a request from its HTTP headers to the storage's log line."""

from __future__ import annotations

import re
import secrets

from reference_server.contract.limits import REQUEST_ID_CHARACTERS

HEADER = "X-Request-Id"

_WELL_FORMED = re.compile(rf"[A-Za-z0-9._-]{{1,{REQUEST_ID_CHARACTERS}}}")


def request_id(presented: str | None) -> str:
    """Take the client's id when it is well-formed, otherwise make one."""
    if presented is not None and _WELL_FORMED.fullmatch(presented):
        return presented
    return secrets.token_hex(16)
