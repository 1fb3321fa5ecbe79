"""Repositories: the queries and changes of each kind of record, over one connection."""
