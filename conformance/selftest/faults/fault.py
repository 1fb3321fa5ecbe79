"""What a fault is: what is wrong with a broken registry, and the mutation that makes it so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conformance.selftest.proxy import Mutation

CURRENT = "current"
DOCUMENTED = "15"


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken registry.

    `wrong` is one sentence about this registry. `make` gives a fresh
    mutation, without memory of earlier runs. `edition` is the edition of the good registry behind it. `spreads` says
    that what it does to one check changes what others meet: a member who stays, a rule that covers their packages.
    """

    wrong: str
    make: Callable[[], Mutation]
    edition: str = CURRENT
    spreads: bool = False
