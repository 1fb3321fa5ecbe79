"""Every lawful registry that the suite must acquit, a module for each theme; their names are permanent."""

from __future__ import annotations

from importlib import import_module

from conformance.selftest.lawful.registry import LawfulRegistry

THEMES = (
    "connections",
    "framing",
    "headers",
    "bodies",
    "errors",
    "validators",
    "addresses",
    "deployments",
    "provisioning",
    "combinations",
)


def every_lawful_registry() -> dict[str, LawfulRegistry]:
    """Return all lawful registries by name, which is `theme.what-differs`."""
    return {
        f"{theme}.{name}": row
        for theme in THEMES
        for name, row in import_module(f"conformance.selftest.lawful.{theme}").LAWFUL.items()
    }
