"""The HTTP server of one process: Tornado's, with connections that are RequestStreams."""

from __future__ import annotations

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream

from reference_server.frontend.front_door import FrontDoor
from reference_server.frontend.request_stream import RequestStream


class Server(HTTPServer):
    """An HTTP server whose connections are RequestStreams."""

    def handle_stream(self, stream: IOStream, address: tuple[object, ...]) -> None:
        """Take the socket out of the stream that Tornado made."""
        super().handle_stream(RequestStream(stream.socket, read_chunk_size=self.read_chunk_size), address)

    def on_close(self, server_conn: object) -> None:
        """Tell the front door, which Tornado tells nothing."""
        super().on_close(server_conn)
        if isinstance(self.request_callback, FrontDoor):
            self.request_callback.on_close(server_conn)
