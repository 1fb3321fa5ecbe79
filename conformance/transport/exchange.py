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
    """The final response. `interim` holds the status codes of the interim responses before it.

    `beginning` is the first MiB of a body that is text and not short; bytes that are no UTF-8 stand in it as lone
    surrogates. `dropped` says that the record had no room left for it.
    """

    status: int
    reason: str
    headers: HeaderList
    interim: tuple[int, ...]
    body: BodyRecord
    beginning: str | None = None
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class ConnectionRecord:
    """What a check can learn of an exchange beside the messages, enough to judge it again from the record.

    `body_sent` counts the body bytes that had gone out when the response began. `interim` are interim responses that no
    final one followed. `reusable` says whether the connection could take another request, `lost` whether it ended,
    other than by a timeout, without any response, `repeated` whether the client sent the request once more for that,
    `unanswered` whether it ended so without a byte.
    """

    body_sent: int = 0
    interim: tuple[int, ...] = ()
    reusable: bool = False
    lost: bool = False
    repeated: bool = False
    unanswered: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its response.

    `purpose` is "preflight", "set-up", "clean-up" or the id of the requirement that asked. Without a response,
    `failure` says in words what happened instead. `began` is in seconds since the run did, `follows` the number of the
    exchange before it where both were to go over one connection. `curl` is one line that repeats the request; a body
    that is no text it reads from `body_file`.
    `lane` tells apart what a check did at the same moment.
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
    connection: ConnectionRecord = ConnectionRecord()
    lane: int | None = None


def _printable(data: bytes) -> str | None:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return text if all(character.isprintable() or character in "\r\n\t" for character in text) else None
