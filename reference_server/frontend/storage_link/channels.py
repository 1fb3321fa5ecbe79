"""The two gRPC connections of a front end: one for decisions, one for content, so that neither waits for the other."""

from __future__ import annotations

from collections.abc import Sequence

import grpc

from reference_server.content.memory import FIXED_WINDOW
from reference_server.contract.addresses import Address
from reference_server.contract.mutual_tls import MutualTls

_Options = Sequence[tuple[str, int]]

# A storage that comes back is found within a second, not after gRPC's own two minutes.
_RECONNECT: _Options = (
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.min_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 1000),
)
# Channels with equal options share a connection otherwise, and content would stand before decisions in one queue.
_OWN_CONNECTION: _Options = (("grpc.use_local_subchannel_pool", 1),)


def open_decision_channel(address: Address, tls: MutualTls | None = None) -> grpc.aio.Channel:
    """Open the channel for operations and single calls."""
    return _open(address, tls, [*_RECONNECT, *_OWN_CONNECTION])


def open_content_channel(address: Address, tls: MutualTls | None = None) -> grpc.aio.Channel:
    """Open the channel for the bytes of large files."""
    return _open(address, tls, [*_RECONNECT, *_OWN_CONNECTION, FIXED_WINDOW])


def _open(address: Address, tls: MutualTls | None, options: _Options) -> grpc.aio.Channel:
    """Open a channel; over TLS, to a storage whose certificate names the host of the address."""
    if tls is None:
        return grpc.aio.insecure_channel(address.target, options=options)
    credentials = grpc.ssl_channel_credentials(tls.authority, tls.key, tls.certificate)
    return grpc.aio.secure_channel(address.target, credentials, options=options)
