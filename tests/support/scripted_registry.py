"""A registry of the tests: every connection to it is handled by a function on a plain socket."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Script = Callable[[socket.socket], None]
SECONDS = 10.0


@contextmanager
def scripted_registry(script: Script) -> Iterator[int]:
    """Listen on a free port and run `script` on each connection in a thread; give the port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.settimeout(SECONDS)
            threading.Thread(target=_run, args=(script, connection), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def _run(script: Script, connection: socket.socket) -> None:
    with connection:
        script(connection)


def read_all(connection: socket.socket) -> bytes:
    received = b""
    while part := connection.recv(65536):
        received += part
    return received
