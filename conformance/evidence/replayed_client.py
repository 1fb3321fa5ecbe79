"""A client that talks to a recording instead of a registry."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from conformance.evidence.recording import Recording
from conformance.transport.address import Address
from conformance.transport.client import Client, PersistentConnection, raw_record, request_record
from conformance.transport.clock import Clock
from conformance.transport.exchange import Exchange, RequestRecord
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

    def __init__(self, address: Address, recorder: Recorder, recording: Recording, clock: ReplayedClock) -> None:
        super().__init__(address, recorder, patience=0)
        self.clock: ReplayedClock = clock
        self._recording = recording

    def send(self, request: Request) -> Response:
        """Return the recorded response."""
        return self._replay(request_record(request, self.address))

    def send_raw(self, data: bytes) -> Response:
        """Return the recorded response."""
        return self._replay(raw_record(data, self.address))

    @contextmanager
    def persistent_connection(self) -> Iterator["ReplayedConnection"]:
        """Replay requests that went over one connection."""
        yield ReplayedConnection(self)

    def elsewhere(self, address: Address) -> Client:
        """Return a client that answers for another address."""
        return ReplayedClient(address, self._recorder, self._recording, self.clock)

    def is_gone(self) -> bool:
        """Return False: a recording does not go away."""
        return False

    def _replay(self, request: RequestRecord) -> Response:
        exchange = self._recording.answer(self._recorder.purpose, LANE.get(), request)
        self.clock.reach(exchange.began + exchange.seconds)
        return recorded_response(exchange)


class ReplayedConnection(PersistentConnection):
    """Several requests that went over one connection."""

    def __init__(self, client: ReplayedClient) -> None:
        self._replayed_client = client
        self._is_open = True

    def send(self, request: Request) -> Response:
        """Return the recorded response."""
        response = self._replayed_client.send(request)
        self._is_open = response.reusable
        return response

    @property
    def is_open(self) -> bool:
        """Whether the connection could take another request."""
        return self._is_open


def recorded_response(exchange: Exchange) -> Response:
    """Return the response of an exchange as a check saw it, but for what the record does not keep.

    That is the text of bodies that are no text or longer than 64 KiB; their sizes and digests are kept.
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
    )
