"""A repository for each kind of record."""
