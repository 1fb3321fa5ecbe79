"""The client's side of the proxy: requests read with h11, answers written exactly as they stand."""

from __future__ import annotations

import asyncio

import h11

from conformance.selftest.messages import Body, Request, Response

READ_BYTES = 256 * 1024
HEAD_BYTES = 64 * 1024
LINGER_SECONDS = 2.0
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class ClientGoneError(Exception):
    """The client ended the connection inside a request body."""


class MalformedBodyError(Exception):
    """The chunked framing of a request body is broken."""


class ClientConnection:
    """One connection from a client; requests one after another, each body to be read once."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._parser = _parser()
        self._permitted = False
        self._requests = 0

    async def request(self) -> Request | None:
        """Wait for the next request head; None when the client has ended the connection between requests."""
        self._permitted = False
        seen = bytearray(self._parser.trailing_data[0])
        try:
            while (event := self._parser.next_event()) is h11.NEED_DATA:
                received = await self._reader.read(READ_BYTES)
                seen += received
                self._parser.receive_data(received)
        except h11.RemoteProtocolError:
            return self._malformed(bytes(seen))
        return self._well_formed(event) if isinstance(event, h11.Request) else None

    def _well_formed(self, event: h11.Request) -> Request:
        self._requests += 1
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers.raw_items())
        return Request(
            method=event.method.decode("latin-1"),
            target=event.target.decode("latin-1"),
            headers=headers,
            body=self._body(),
            permit=self.permit,
            version=event.http_version.decode("latin-1"),
            place=self._requests,
        )

    def _malformed(self, seen: bytes) -> Request | None:
        if not seen:
            return None
        return Request(method="", target="", headers=(), body=self._rest(), permit=self.permit, malformed=seen)

    async def permit(self) -> None:
        """Send the interim response 100 unless it was sent for this request already."""
        if not self._permitted:
            self._permitted = True
            self._writer.write(CONTINUE)
            await self._writer.drain()

    async def _body(self) -> Body:
        while True:
            event = self._next_body_event()
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return
            elif received := await self._reader.read(READ_BYTES):
                self._parser.receive_data(received)
            else:
                raise ClientGoneError

    def _next_body_event(self) -> h11.Event | type[h11.NEED_DATA | h11.PAUSED]:
        try:
            return self._parser.next_event()
        except h11.RemoteProtocolError as error:
            raise MalformedBodyError from error

    async def _rest(self) -> Body:
        while received := await self._reader.read(READ_BYTES):
            yield received

    async def send(self, request: Request, response: Response) -> None:
        """Write a response as it says itself, or in the framing that its own headers announce."""
        async for part in (response.write or written)(request, response):
            self._writer.write(part)
            await self._writer.drain()

    def turn(self, request: Request, response: Response) -> bool:
        """Make ready for the next request on this connection; False when there can be none."""
        if response.ends_connection or request.ends_connection or not (response.leaves_body or self._is_read()):
            return False
        trailing, ended = self._parser.trailing_data
        self._parser = _parser()
        if trailing:
            self._parser.receive_data(trailing)
        if ended:
            self._parser.receive_data(b"")
        return True

    def _is_read(self) -> bool:
        if self._parser.their_state is h11.SEND_BODY:
            self._next_body_event()
        return self._parser.their_state is h11.DONE

    async def finish(self) -> None:
        """End the connection in such a way that the client can still read its response."""
        try:
            if self._writer.can_write_eof():
                self._writer.write_eof()
            async with asyncio.timeout(LINGER_SECONDS):
                while await self._reader.read(READ_BYTES):
                    pass
        except (OSError, TimeoutError):
            pass
        finally:
            self._writer.close()


def _parser() -> h11.Connection:
    return h11.Connection(our_role=h11.SERVER, max_incomplete_event_size=HEAD_BYTES)


async def written(request: Request, response: Response) -> Body:
    """Yield the bytes of a response, head and body, in the framing that its headers announce."""
    waiting = _head(response)
    chunked = is_chunked(response)
    async for part in response.body:
        yield waiting + (b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
        waiting = b""
    if chunked and not response.hang_up and request.method != "HEAD":
        waiting += b"0\r\n\r\n"
    yield waiting


def is_chunked(response: Response) -> bool:
    """Return whether the headers of a response announce chunks."""
    return (response.header("transfer-encoding") or "").lower() == "chunked"


def _head(response: Response) -> bytes:
    lines = [f"HTTP/1.1 {response.status} {response.reason}", *(f"{name}: {value}" for name, value in response.headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
