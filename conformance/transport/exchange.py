"""The record of one exchange: what went out, what came back, and how it ended."""

from dataclasses import dataclass

HeaderList = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BodyRecord:
    """A body as it passed: its size in bytes, its SHA-256 in hexadecimal, its text when it is short and printable."""

    size: int
    sha256: str
    text: str | None


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
