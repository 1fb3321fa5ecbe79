"""The addresses on which storage and front end meet: a unix socket or a TCP port."""

from __future__ import annotations

from dataclasses import dataclass

_UNIX_PATH_BYTES = 107  # Linux: sockaddr_un.sun_path holds 108 with the closing NUL
_HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class UnixAddress:
    """A unix socket."""

    path: str

    @property
    def target(self) -> str:
        """The address as gRPC writes it."""
        return f"unix:{self.path}"


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """A TCP port on a host; an IPv6 host is without its brackets. Port 0 lets the system choose."""

    host: str
    port: int

    @property
    def target(self) -> str:
        """The address as gRPC writes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


Address = UnixAddress | TcpAddress


def parse(text: str) -> Address:
    """Read "unix:/path" or "host:port" ("[::1]:50051" for IPv6). Raises ValueError with what to write instead."""
    if text.startswith("unix:"):
        return _parse_unix(text.removeprefix("unix:"), text)
    host, separator, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if not separator or not host or (":" in host and not bracketed):
        raise ValueError(f'address {text!r}: write "unix:/path/to/socket" or "host:port" ("[::1]:50051" for IPv6)')
    if not (port.isascii() and port.isdigit()) or int(port) > _HIGHEST_PORT:
        raise ValueError(f"address {text!r}: the port must be a number from 0 to {_HIGHEST_PORT}")
    return TcpAddress(host[1:-1] if bracketed else host, int(port))


def _parse_unix(path: str, text: str) -> UnixAddress:
    if not path.startswith("/"):
        raise ValueError(f"address {text!r}: the path of a unix socket must be absolute")
    if len(path.encode()) > _UNIX_PATH_BYTES:
        raise ValueError(f"address {text!r}: the path of a unix socket may have at most {_UNIX_PATH_BYTES} bytes")
    return UnixAddress(path)
