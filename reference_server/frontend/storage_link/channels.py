"""The two gRPC connections of a front end: one for decisions, one for content, so that neither waits for the other."""

from __future__ import annotations

from collections.abc import Sequence

import grpc

from reference_server.content.memory import FIXED_WINDOW
from reference_server.contract.addresses import Address

_Options = Sequence[tuple[str, int]]

# A storage that comes back is found within a second, not after gRPC's own two minutes.
_RECONNECT: _Options = (
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.min_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 1000),
)
# Channels with equal options share a connection otherwise, and content would stand before decisions in one queue.
_OWN_CONNECTION: _Options = (("grpc.use_local_subchannel_pool", 1),)


def open_decision_channel(address: Address) -> grpc.aio.Channel:
    """Open the channel for operations and single calls."""
    return grpc.aio.insecure_channel(address.target, options=[*_RECONNECT, *_OWN_CONNECTION])


def open_content_channel(address: Address) -> grpc.aio.Channel:
    """Open the channel for the bytes of large files."""
    return grpc.aio.insecure_channel(address.target, options=[*_RECONNECT, *_OWN_CONNECTION, FIXED_WINDOW])
