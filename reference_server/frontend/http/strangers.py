"""Connections on which nobody known has asked anything: the first to be closed when there is no room for others."""

from __future__ import annotations

from typing import Protocol


class Replaceable(Protocol):
    """A connection's request that is under way or awaited."""

    @property
    def gives_way(self) -> bool:
        """Whether the connection may be closed."""

    def give_way(self) -> None:
        """Close the connection."""


class Strangers:
    """Such connections by their address, each address' oldest first."""

    def __init__(self) -> None:
        self._by_address: dict[str, dict[object, Replaceable]] = {}
        self._addresses: dict[object, str] = {}

    def __len__(self) -> int:
        return len(self._addresses)

    def put(self, connection: object, address: str, request: Replaceable) -> None:
        """Note a connection, or the next request of one that was noted."""
        self._addresses[connection] = address
        self._by_address.setdefault(address, {})[connection] = request

    def remove(self, connection: object) -> None:
        """Forget a connection that is closed, or asks for somebody known; safe to call twice."""
        address = self._addresses.pop(connection, None)
        if address is not None:
            del self._by_address[address][connection]
            if not self._by_address[address]:
                del self._by_address[address]

    def close_one(self) -> bool:
        """Close the oldest connection that gives way, of the address that has the most; False when none does."""
        for connections in sorted(self._by_address.values(), key=len, reverse=True):
            for request in connections.values():
                if request.gives_way:
                    request.give_way()
                    return True
        return False
