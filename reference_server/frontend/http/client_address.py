"""Whose request it is: the address of the client, which a trusted proxy names for those that come through it."""

from __future__ import annotations

import contextvars
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

CLIENT_ADDRESS: Final = contextvars.ContextVar("client address", default="")
"""The address of the client whose request is under way in this task, for what the storage is told of it."""


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """The networks of the proxies whose X-Forwarded-For is believed."""

    networks: tuple[_Network, ...] = ()

    @classmethod
    def named(cls, *names: str) -> TrustedProxies:
        """Return the proxies of addresses or networks as they are written. Raise ValueError."""
        return cls(tuple(map(ipaddress.ip_network, names)))

    def client(self, peer: str, headers: Mapping[str, str]) -> str:
        """Return the address of the client: the last one in the chain of addresses that is no trusted proxy's.

        What a client itself writes into the header stands before that, and is not believed. Where an entry is no
        address, the proxy that wrote it stands for the client.
        """
        client = peer
        if not self.networks:
            return client
        forwarded = headers.get("X-Forwarded-For", "").split(",")
        while forwarded and self._trusts(client):
            address = _read(forwarded.pop())
            if address is None:
                break
            client = str(address)
        return client

    def _trusts(self, text: str) -> bool:
        address = _read(text)
        return address is not None and any(address in network for network in self.networks)


def _read(text: str) -> _Address | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


NO_PROXIES: Final = TrustedProxies()
