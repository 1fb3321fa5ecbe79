"""How the server of a row is started."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass


class Place(enum.Enum):
    """Where the data of the server lie."""

    FOLDER = enum.auto()
    SMALL_DISK = enum.auto()
    """All of them on a file system of 160 MiB."""
    OWN_VOLUME = enum.auto()
    """The volume on a file system of its own."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How the server is started: where its data lie, whether its log is read, and which module with what arguments."""

    place: Place = Place.FOLDER
    log_is_read: bool = True
    program: str = "reference_server"
    arguments: Sequence[str] = ()


ORDINARY = Setting()
SMALL_DISK = Setting(Place.SMALL_DISK)
OWN_VOLUME = Setting(Place.OWN_VOLUME)
