"""Lawful registries, which the suite must call conformant, by themes, and the runs of the suite against them."""
