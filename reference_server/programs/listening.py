"""The listening sockets of a server: one for each worker, all on one port."""

from __future__ import annotations

import os
import socket

from reference_server.programs.refusals import StartRefusedError

_BACKLOG = 1024


def open_sockets(host: str, port: int, count: int) -> list[socket.socket]:
    """Open `count` sockets that share a port; port 0 takes a free one. Raises StartRefusedError.

    The first is bound without SO_REUSEPORT, so that a port taken by anything, another of our servers included, is
    found out; it joins the group before it listens. The system spreads connections over sockets of a group evenly,
    over processes that share one socket it does not.
    """
    sockets: list[socket.socket] = []
    try:
        family, address = _resolve(host, port)
        first = _bound(family, address, shared=False)
        sockets.append(first)
        first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        first.listen(_BACKLOG)
        for _ in range(count - 1):
            sockets.append(_bound(family, first.getsockname(), shared=True))
            sockets[-1].listen(_BACKLOG)
    except OSError as error:
        for opened in sockets:
            opened.close()
        # asyncio and socket add the address to the text themselves, each in its own way.
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise StartRefusedError(
            f"cannot listen on {host} port {port}: {reason}; choose another with --port or --host"
        ) from None
    return sockets


def url_of(listening: socket.socket) -> str:
    """Give the URL that a socket is reached at."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, tuple[object, ...]]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, _, _, _, address = found[0]
    return family, address


def _bound(family: socket.AddressFamily, address: tuple[object, ...], *, shared: bool) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family is socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound
