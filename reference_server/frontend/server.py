"""The HTTP server of one process: Tornado's, with connections that are RequestStreams and are taken by an Acceptor."""

from __future__ import annotations

import socket

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream

from reference_server.frontend.accepting import Acceptor
from reference_server.frontend.front_door import FrontDoor
from reference_server.frontend.request_stream import RequestStream


class Server(HTTPServer):
    """An HTTP server whose connections are RequestStreams."""

    _acceptor: Acceptor | None = None

    def accept_from(self, listening: socket.socket, most: int) -> None:
        """Accept on a socket, at most so many connections at a time."""
        self._acceptor = Acceptor(listening, self._handle_connection, most)
        self._acceptor.start()

    def stop(self) -> None:
        """Accept no more; requests under way go on."""
        super().stop()
        if self._acceptor is not None:
            self._acceptor.stop()

    def handle_stream(self, stream: IOStream, address: tuple[object, ...]) -> None:
        """Take the socket out of the stream that Tornado made."""
        super().handle_stream(RequestStream(stream.socket, read_chunk_size=self.read_chunk_size), address)

    def on_close(self, server_conn: object) -> None:
        """Tell the front door, which Tornado tells nothing, and make room for another connection."""
        super().on_close(server_conn)
        if isinstance(self.request_callback, FrontDoor):
            self.request_callback.on_close(server_conn)
        if self._acceptor is not None:
            self._acceptor.release()
