"""Which access tokens a list is asked for."""

from __future__ import annotations

from typing import Final

from generic_packages.storage.v1.tokens_pb2 import (
    TOKEN_STATE_ACTIVE,
    TOKEN_STATE_INACTIVE,
    TokenState,
)

from reference_server.frontend.rest.parameters import Parameters

_STATES: Final = {"active": int(TOKEN_STATE_ACTIVE), "inactive": int(TOKEN_STATE_INACTIVE)}


def wanted_state(parameters: Parameters) -> TokenState.ValueType:
    """Read `state`; unspecified when it is absent."""
    return TokenState.ValueType(parameters.choice("state", _STATES, absent=0))
