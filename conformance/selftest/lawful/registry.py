"""What a lawful registry is: how it differs from the good one, by which right, and what it gives up thereby."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conformance.selftest.proxy import Mutation, transparent


@dataclass(frozen=True, slots=True)
class Exemption:
    """Requirements, as globs of their ids, that a lawful registry need not pass, and why.

    A requirement of level MUST may become untestable or not applicable by it, never fail; one of another level may do
    all three.
    `always` says that one of them does: an exemption that nothing needs is an error.
    """

    requirements: tuple[str, ...]
    why: str
    always: bool = True


@dataclass(frozen=True, slots=True)
class LawfulRegistry:
    """One lawful registry.

    `difference` is one sentence about this registry and `source` where its right to it stands. It is the reference
    server, started with `server_options`, behind a proxy with the mutation that `make` gives afresh, its API below the
    path `prefix`. `without` are the capabilities that its owner declares off, each with the reason, and `run_settings`
    fields of RunSettings that its owner gives.
    """

    difference: str
    source: str
    make: Callable[[], Mutation] = lambda: transparent
    server_options: tuple[str, ...] = ()
    prefix: str = ""
    without: tuple[tuple[str, str], ...] = ()
    run_settings: tuple[tuple[str, Any], ...] = ()
    exemptions: tuple[Exemption, ...] = ()

    @property
    def is_made_by_proxy(self) -> bool:
        """Return whether the good registry itself is as ever, so that only the proxy makes the difference."""
        return not self.server_options


def giving_up(*requirements: str, why: str) -> tuple[Exemption, ...]:
    """Return the exemption of requirements."""
    return (Exemption(requirements, why),)
