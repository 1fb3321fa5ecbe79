"""Schemathesis, driven by the description of the API against servers of its own."""
