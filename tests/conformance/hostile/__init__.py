"""Registries that are hostile to the suite, and the runs that they must not break."""
