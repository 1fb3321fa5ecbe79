"""Which lawful registries to run: by their names, and by what the good registry permits."""

from __future__ import annotations

from fnmatch import fnmatchcase

from conformance.selftest.lawful.catalogue import every_lawful_registry
from conformance.selftest.lawful.registry import LawfulRegistry

COMBINED = "combinations.*"


def lawful_named(glob: str) -> dict[str, LawfulRegistry]:
    """Return the lawful registries whose name matches a glob."""
    return {name: row for name, row in every_lawful_registry().items() if fnmatchcase(name, glob)}


def made_by_proxy(rows: dict[str, LawfulRegistry]) -> dict[str, LawfulRegistry]:
    """Return those that can be made of a good registry that runs already."""
    return {name: row for name, row in rows.items() if row.is_made_by_proxy}
