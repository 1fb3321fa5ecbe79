"""The part of a package list that is asked for: the storage, which orders and cuts by its texts, judges them too."""

from __future__ import annotations

from generic_packages.storage.v1.packages_pb2 import ListedPart

from reference_server.frontend.rest.parameters import Parameters

# Numbers of either sign that the contract can carry, beyond every page that there can be.
_HIGHEST = 2**31 - 1


def read_part(parameters: Parameters) -> ListedPart:
    """Read order and page; what is no number comes out at the parameters' `check`."""
    return ListedPart(
        order_by=parameters.given("order_by"),
        sort=parameters.given("sort"),
        page=_number(parameters, "page"),
        per_page=_number(parameters, "per_page"),
        keyset=parameters.text("pagination") == "keyset",
        cursor=parameters.text("cursor") or None,
    )


def _number(parameters: Parameters, name: str) -> int | None:
    """Read a number as far as it means anything."""
    number = parameters.number(name)
    return None if number is None else max(-1, min(number, _HIGHEST))
