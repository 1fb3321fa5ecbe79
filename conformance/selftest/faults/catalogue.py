"""Every fault that the suite is tested against, a module for each section; their names are permanent."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from conformance.selftest import faults
from conformance.selftest.faults.fault import Fault

OTHERS = {"catalogue", "fault"}


def every_fault() -> dict[str, Fault]:
    """Return all faults by name; ValueError when two sections share a name."""
    every: dict[str, Fault] = {}
    for section in sorted(module.name for module in iter_modules(faults.__path__) if module.name not in OTHERS):
        found: dict[str, Fault] = import_module(f"{faults.__name__}.{section}").FAULTS
        if twice := every.keys() & found.keys():
            raise ValueError(f"two faults are named {min(twice)}")
        every |= found
    return every
