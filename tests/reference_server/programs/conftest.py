"""Fixtures for tests of the programs."""

from tests.support.data_commands import command
from tests.support.small_volume import small_volume

__all__ = ["command", "small_volume"]
