"""The record of one exchange: what went out, what came back, and how it ended."""

import hashlib
from dataclasses import dataclass

SHOWN_BYTES = 4096
HeaderList = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BodyRecord:
    """A body as it passed: its size in bytes, its SHA-256 in hexadecimal, its text when it is short and printable."""

    size: int
    sha256: str
    text: str | None

    @classmethod
    def of(cls, data: bytes, size: int | None = None, sha256: str | None = None) -> "BodyRecord":
        """Return the record of a body of which `data` is the beginning, or all where no size and digest are given."""
        size = len(data) if size is None else size
        return cls(size, sha256 or hashlib.sha256(data).hexdigest(), _printable(data) if size <= SHOWN_BYTES else None)


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """The request as it was sent.

    `framing` is "none", "sized", "chunked" or "raw"; `declared` is the length that a sized body promised.
    """

    method: str
    url: str
    headers: HeaderList
    framing: str
    declared: int | None
    body: BodyRecord | None


@dataclass(frozen=True, slots=True)
class ResponseRecord:
    """The final response. `interim` holds the status codes of the interim responses before it."""

    status: int
    reason: str
    headers: HeaderList
    interim: tuple[int, ...]
    body: BodyRecord


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its response.

    `purpose` is "preflight", "set-up", "clean-up" or the id of the requirement that asked. Without a response,
    `failure` says in words what happened instead. `began` is in seconds since the run did, `follows` the number of the
    exchange before it where both were to go over one connection. `curl` is one line that repeats the request; a body
    that is no text it reads from `body_file`.
    """

    number: int
    purpose: str
    request: RequestRecord
    response: ResponseRecord | None
    failure: str | None
    began: float
    seconds: float
    follows: int | None
    curl: str
    body_file: str | None


def _printable(data: bytes) -> str | None:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return text if all(character.isprintable() or character in "\r\n\t" for character in text) else None
