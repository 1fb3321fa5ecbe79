"""What a fault is: the permanent name of a broken registry, what is wrong with it, and its mutation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conformance.selftest.proxy import Mutation

CURRENT = "current"
DOCUMENTED = "15"


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken registry.

    `name` is permanent: the matrix is keyed by it. `wrong` is one sentence about this registry. `make` gives a fresh
    mutation, without memory of earlier runs. `edition` is the edition of the good registry behind it.
    """

    name: str
    wrong: str
    make: Callable[[], Mutation]
    edition: str = CURRENT
