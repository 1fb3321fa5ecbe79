"""How both halves prove to each other who they are, where they meet over a network."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass, field

from reference_server.contract.addresses import Address, TcpAddress


@dataclass(frozen=True, slots=True)
class MutualTls:
    """What one half shows and demands, as PEM: its certificate, its key, and who must have signed the other's."""

    certificate: bytes
    key: bytes = field(repr=False)
    authority: bytes


def stays_on_this_host(address: Address) -> bool:
    """Return whether nothing that is sent to an address, or received there, leaves this host."""
    if not isinstance(address, TcpAddress):
        return True
    try:
        found = socket.getaddrinfo(address.host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return all(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]).is_loopback for entry in found)
