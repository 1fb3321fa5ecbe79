"""The server and its socket streams, and what they reach of Tornado that is private."""

import ast
import socket
from pathlib import Path

from tornado.iostream import IOStream
from tornado.tcpserver import TCPServer

import reference_server.frontend
from reference_server.frontend.http.server import RequestStream

BODY = 65_536


def foreign_private_names(source: str) -> set[str]:
    """Return the private attributes that a module reaches and does not define."""
    nodes = list(ast.walk(ast.parse(source)))
    attributes = [node for node in nodes if isinstance(node, ast.Attribute)]
    own = {node.attr for node in attributes if isinstance(node.ctx, ast.Store)}
    own |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    own |= {"_replace"}  # a named tuple's, and documented
    own |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return {node.attr for node in attributes if node.attr.startswith("_") and not node.attr.startswith("__")} - own


def test_only_the_server_reaches_what_is_private_in_tornado() -> None:
    modules = Path(*reference_server.frontend.__path__).rglob("*.py")
    reached = {path.name: foreign_private_names(path.read_text()) for path in modules}
    expected = {"server.py": {"_handle_connection", "_read_buffer_size", "_read_future"}}
    assert {name: names for name, names in reached.items() if names} == expected


async def test_the_installed_tornado_has_what_is_reached() -> None:
    ours, theirs = socket.socketpair()
    stream = IOStream(ours)
    assert (stream._read_buffer_size, stream._read_future) == (0, None)
    assert callable(TCPServer()._handle_connection)
    stream.close()
    theirs.close()


async def test_a_head_is_read_with_little_of_its_body() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        theirs.sendall(b"head\r\n\r\n" + bytes(BODY))
        stream = RequestStream(ours, read_chunk_size=512 * 1024)
        await stream.read_until_regex(b"\r?\n\r?\n", max_bytes=32_768)
        assert stream._read_buffer_size <= 16 * 1024
        received = b""
        while len(received) < BODY:
            received += await stream.read_bytes(BODY, partial=True)
        stream.close()
