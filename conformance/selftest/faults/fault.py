"""What a fault is: what is wrong with a broken registry, and the mutation that makes it so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conformance.requirements.gitlab_version import NEWEST, OLDEST, Measure, parse_version
from conformance.selftest.proxy import Mutation

CURRENT = Measure(NEWEST)
DOCUMENTED = Measure(OLDEST)
FLAGGED = Measure(parse_version("18.1"), frozenset({"allow_guest_plus_roles_to_pull_packages"}))


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken registry.

    `wrong` is one sentence about this registry. `make` gives a fresh mutation, without memory of earlier runs.
    `measure` is the GitLab that the good registry behind it follows. `spreads` says that what it does to one check
    changes what others meet: a member who stays, a rule that covers their packages.
    """

    wrong: str
    make: Callable[[], Mutation]
    measure: Measure = CURRENT
    spreads: bool = False
