"""A client that talks to a recording instead of a registry."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from conformance.evidence.recording import Recording
from conformance.transport.address import Address
from conformance.transport.client import Client, PersistentConnection, raw_record, request_record
from conformance.transport.clock import Clock
from conformance.transport.exchange import Exchange, RequestRecord
from conformance.transport.rate_limit import RateLimit
from conformance.transport.recorder import LANE, Recorder
from conformance.transport.request import Request
from conformance.transport.response import Response

NOTHING = hashlib.sha256(b"").hexdigest()


class ReplayedClock(Clock):
    """The clock of the recorded run: it goes on with each exchange and with each wait, and nobody waits by it."""

    def __init__(self) -> None:
        self._now = 0.0

    def now(self) -> float:
        """Return the seconds since the run began."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Go on without waiting."""
        self._now += seconds

    def reach(self, seconds: float) -> None:
        """Go on to a moment of the run, unless it is over already."""
        self._now = max(self._now, seconds)


class ReplayedClient(Client):
    """Answers every request from a recording; responses bear the numbers of the recorded exchanges."""

    def __init__(
        self,
        address: Address,
        recorder: Recorder,
        recording: Recording,
        clock: ReplayedClock,
        rate_limit: RateLimit | None = None,
    ) -> None:
        super().__init__(address, recorder, patience=0, rate_limit=rate_limit, clock=clock)
        self._replayed_clock = clock
        self._recording = recording

    def _send(self, request: Request) -> Response:
        return self._replay(request_record(request, self.address))

    def _send_raw(self, data: bytes) -> Response:
        return self._replay(raw_record(data, self.address))

    @contextmanager
    def persistent_connection(self) -> Iterator[PersistentConnection]:
        """Replay requests that went over one connection."""
        yield PersistentConnection(self.rate_limit, lambda request, _before: self._send(request))

    def elsewhere(self, address: Address) -> Client:
        """Return a client that answers for another address."""
        return ReplayedClient(address, self._recorder, self._recording, self._replayed_clock, self.rate_limit)

    def is_gone(self) -> bool:
        """Return False: a recording does not go away."""
        return False

    def _replay(self, request: RequestRecord) -> Response:
        exchange = self._recording.answer(self._recorder.purpose, LANE.get(), request)
        self._replayed_clock.reach(exchange.began + exchange.seconds)
        return recorded_response(exchange)


def recorded_response(exchange: Exchange) -> Response:
    """Return the response of an exchange as a check saw it, but for what the record does not keep.

    That is the text of bodies that are no text or longer than 1 MiB; their sizes and digests are kept.
    """
    connection, record = exchange.connection, exchange.response
    whole = record if exchange.failure is None else None
    text = (record.beginning if record.body.text is None else record.body.text) if record else None
    return Response(
        number=exchange.number,
        status=whole.status if whole else None,
        reason=whole.reason if whole else "",
        headers=whole.headers if whole else (),
        interim=record.interim if record else connection.interim,
        size=record.body.size if record else 0,
        sha256=record.body.sha256 if record else NOTHING,
        kept=(text or "").encode("utf-8", "surrogateescape"),
        body_sent=connection.body_sent,
        seconds=exchange.seconds,
        reusable=connection.reusable,
        failure=None if whole else exchange.failure or "no response",
        lost=connection.lost,
        unanswered=connection.unanswered,
    )
