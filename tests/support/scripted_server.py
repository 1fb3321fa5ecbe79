"""Servers whose connections are handled by functions on a plain socket."""

import queue
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Handler = Callable[[socket.socket], None]
SECONDS = 10.0
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@contextmanager
def serving(*handlers: Handler, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve one connection with each handler, one after the other; yield the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=_serve, args=(listener, handlers, tls), daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
        thread.join(5)


def _serve(listener: socket.socket, handlers: tuple[Handler, ...], tls: ssl.SSLContext | None) -> None:
    for handler in handlers:
        try:
            plain, _ = listener.accept()
            with tls.wrap_socket(plain, server_side=True) if tls else plain as connection:
                handler(connection)
        except OSError:
            return


@contextmanager
def scripted_registry(handler: Handler) -> Iterator[int]:
    """Serve every connection with a handler, in a thread of its own; yield the port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.settimeout(SECONDS)
            threading.Thread(target=_run, args=(handler, connection), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def _run(handler: Handler, connection: socket.socket) -> None:
    with connection:
        handler(connection)


def read_until(connection: socket.socket, end: bytes) -> bytes:
    """Read up to and with `end`, or to the end of the connection."""
    data = b""
    while end not in data:
        piece = connection.recv(65_536)
        if not piece:
            break
        data += piece
    return data


def read_all(connection: socket.socket) -> bytes:
    received = b""
    while part := connection.recv(65536):
        received += part
    return received


def answering(response: bytes, end: bytes = b"\r\n\r\n") -> Handler:
    """Return a handler that reads up to `end`, sends the response and closes."""

    def handle(connection: socket.socket) -> None:
        read_until(connection, end)
        connection.sendall(response)

    return handle


class Overheard:
    def __init__(self, end: bytes = b"\r\n\r\n", response: bytes = OK) -> None:
        self.received: queue.Queue[bytes] = queue.Queue()
        self._end = end
        self._response = response

    def __call__(self, connection: socket.socket) -> None:
        self.received.put(read_until(connection, self._end))
        connection.sendall(self._response)
