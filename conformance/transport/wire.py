"""A connection as bytes: non-blocking, plain or TLS, with a limit for lack of progress and one for each exchange.

Sending and receiving are interleaved by the caller, so that a response that arrives in the middle of a long body is
seen at once and a full socket never blocks the reading.
"""

import select
import socket
import ssl
import time

from conformance.transport.address import Address

RECEIVE_BYTES = 262_144
EXCHANGE_PATIENCES = 3  # an exchange may take this many times the patience, so that drops of progress do not renew it,
SLOWEST_BYTES_A_SECOND = 65_536  # and the time that its bytes take at this rate, so that large files may pass


class WireError(Exception):
    """The connection could not be made, broke, or made no progress in time; the message says which."""


class StallError(WireError):
    """The connection is there and makes no progress, or so little that the exchange does not end in time."""


class Wire:
    """One connection.

    Without progress for `patience` seconds an operation raises StallError, and so does one in an exchange that takes
    longer than its bytes can explain.
    """

    def __init__(self, address: Address, *, patience: float, tls: ssl.SSLContext | None) -> None:
        self._patience = patience
        try:
            plain = socket.create_connection((address.ip or address.host, address.port), timeout=patience)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket = tls.wrap_socket(plain, server_hostname=address.host) if tls else plain
        except (OSError, UnicodeError) as error:
            raise WireError(f"no connection to {address.origin}: {error}") from error
        self._socket.setblocking(False)
        self.begin_exchange()

    def begin_exchange(self) -> None:
        """Give the next request and its response their own time."""
        self._began = time.monotonic()
        self._moved_bytes = 0

    def close(self) -> None:
        """Close both directions."""
        self._socket.close()

    def end_sending(self) -> None:
        """Close the sending direction alone; what the peer still sends can be received."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            return

    def send(self, data: memoryview) -> memoryview:
        """Send until all of `data` is out or the peer has something to say; return what is not out yet."""
        rest = data
        while rest:
            sent = self._send_now(rest)
            rest = rest[sent:]
            if not sent and self._wait(writing=True):
                return rest
        return rest

    def receive(self, patience: float | None = None) -> bytes:
        """Return the next bytes, b"" at the end of the connection.

        Raises WireError when nothing arrives within `patience` seconds or the exchange has had its time.
        """
        self._remaining()
        while (data := self.receive_now()) is None:
            self._wait(writing=False, patience=patience)
        return data

    def receive_now(self) -> bytes | None:
        """Return what has arrived, b"" at the end of the connection, None when there is nothing yet."""
        try:
            data = self._socket.recv(RECEIVE_BYTES)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return None
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            return b""
        except OSError as error:
            raise WireError(f"the connection broke: {error.strerror or error}") from error
        self._moved_bytes += len(data)
        return data

    def _send_now(self, data: memoryview) -> int:
        try:
            sent = self._socket.send(data)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return 0
        except OSError as error:
            raise WireError(f"the connection broke while sending: {error.strerror or error}") from error
        self._moved_bytes += sent
        return sent

    def _wait(self, *, writing: bool, patience: float | None = None) -> bool:
        limit = self._patience if patience is None else patience
        remaining = self._remaining()
        sockets = [self._socket]
        readable, writable, _ = select.select(sockets, sockets if writing else [], [], min(limit, remaining))
        if not readable and not writable:
            if remaining < limit:
                self._remaining()
            raise StallError(f"no progress for {limit:g} seconds")
        return bool(readable)

    def _remaining(self) -> float:
        """Return how many seconds the exchange still has.

        Raises StallError when it has none.
        """
        allowed = EXCHANGE_PATIENCES * self._patience + self._moved_bytes / SLOWEST_BYTES_A_SECOND
        remaining = self._began + allowed - time.monotonic()
        if remaining <= 0:
            raise StallError(
                f"the exchange was not over after {round(allowed, 1):g} seconds, in {self._moved_bytes} bytes"
            )
        return remaining
