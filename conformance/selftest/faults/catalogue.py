"""Every fault that the suite is tested against, in the order of the sections."""

from __future__ import annotations

from conformance.selftest.faults import (
    addressing,
    admission,
    carriages,
    challenges,
    download,
    duplicates,
    exclusion,
    framing,
    jobs,
    large,
    lists,
    newest,
    packages,
    pages,
    protection,
    publish,
    ranges,
    records,
    settings,
    single_packages,
    validation,
)
from conformance.selftest.faults.fault import Fault

SECTIONS = (
    publish,
    packages,
    records,
    addressing,
    download,
    ranges,
    validation,
    admission,
    exclusion,
    challenges,
    carriages,
    jobs,
    framing,
    newest,
    lists,
    pages,
    single_packages,
    duplicates,
    settings,
    protection,
    large,
)


def every_fault() -> tuple[Fault, ...]:
    """Return all faults; ValueError when two share a name."""
    faults = tuple(fault for section in SECTIONS for fault in section.FAULTS)
    names = [fault.name for fault in faults]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"two faults are named {name}")
    return faults
