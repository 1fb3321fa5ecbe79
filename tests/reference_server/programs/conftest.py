"""Fixtures for tests of the programs."""

from tests.support.data_commands import command

__all__ = ["command"]
