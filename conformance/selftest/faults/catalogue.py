"""Every fault that the suite is tested against, a module for each section."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from pkgutil import iter_modules

from conformance.selftest import faults
from conformance.selftest.faults.fault import Fault

OTHERS = {"catalogue", "fault"}


def every_fault() -> tuple[Fault, ...]:
    """Return all faults; ValueError when two share a name."""
    sections = sorted(module.name for module in iter_modules(faults.__path__) if module.name not in OTHERS)
    every = tuple(fault for name in sections for fault in import_module(f"{faults.__name__}.{name}").FAULTS)
    twice = [name for name, count in Counter(fault.name for fault in every).items() if count > 1]
    if twice:
        raise ValueError(f"two faults are named {twice[0]}")
    return every
