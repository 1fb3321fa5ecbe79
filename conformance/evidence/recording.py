"""The exchanges of a run as answers: each request gets the response that the record holds for it.

Requests are compared as they are recorded, without secrets. Those that are alike, and were made for the same purpose in
the same lane of what a check does at once, came one after the other and are answered in the order of their record.
"""

import re
import threading
from collections import defaultdict, deque
from collections.abc import Iterable
from typing import Never, TypeAlias

from conformance.transport.exchange import BodyRecord, Exchange, RequestRecord
from conformance.transport.redaction import Redactor

# what surrounds a secret inside base64 depends on the secret's length and its first and last letters
IN_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*(\[\$\w+ in base64\])[A-Za-z0-9+/=_-]*")
MARK = " in base64]"
UNCOMPARED = "content-length"  # it depends on the length of a secret in the body
Key: TypeAlias = tuple[object, ...]


class NotRecordedError(Exception):
    """The record does not hold what a check needs to be judged again; the message says what is missing."""


class Recording:
    """Answers from a record; `missing` says what the first request was that it could not answer, None while none was.

    The redactor knows what stands for the secrets.
    """

    def __init__(self, exchanges: Iterable[Exchange], redactor: Redactor) -> None:
        self.missing: str | None = None
        self._redactor = redactor
        self._lock = threading.Lock()
        self._waiting: defaultdict[Key, deque[Exchange]] = defaultdict(deque)
        for exchange in exchanges:
            self._waiting[self._key(exchange.purpose, exchange.lane, exchange.request)].append(exchange)

    def answer(self, purpose: str, lane: int | None, request: RequestRecord) -> Exchange:
        """Return the next exchange that was recorded for a request in a lane.

        Raises NotRecordedError when there is none, or when the beginning of its body was dropped.
        """
        key = self._key(purpose, lane, request)
        with self._lock:
            waiting = self._waiting[key]
            while waiting and waiting[0].connection.repeated:
                waiting.popleft()
            if not waiting:
                raise self._not_recorded(f"no answer to {request.method} {request.url} is recorded")
            exchange = waiting.popleft()
            if exchange.response is not None and exchange.response.dropped:
                raise self._not_recorded(f"the record had no room for the body of exchange {exchange.number}")
            return exchange

    def unresolved(self, host: str) -> Never:
        """Raise NotRecordedError: the record does not hold what was decided about a host."""
        raise self._not_recorded(f"no decision about a redirect to {host} is recorded")

    def _not_recorded(self, what: str) -> NotRecordedError:
        self.missing = self.missing or self._redactor.text(what)
        return NotRecordedError(self.missing)

    def _key(self, purpose: str, lane: int | None, request: RequestRecord) -> Key:
        headers = tuple(
            (name.lower(), self._comparable(value)) for name, value in request.headers if name.lower() != UNCOMPARED
        )
        url = self._comparable(request.url)
        return (purpose, lane, request.method, url, headers, request.framing, self._body(request.body))

    def _body(self, body: BodyRecord | None) -> object:
        if body is None or body.text is None:
            return body and (body.size, body.sha256)
        return self._comparable(body.text)

    def _comparable(self, text: str) -> str:
        redacted = self._redactor.text(text)
        return IN_BASE64.sub(r"\1", redacted) if MARK in redacted else redacted
