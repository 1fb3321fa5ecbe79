"""What a fault is: what is done to a server, what must be seen then, and what it takes to do it."""

from __future__ import annotations

import enum
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.fault_table.server import FaultyServer
from tests.fault_table.setting import ORDINARY, Place, Setting

Act = Callable[[FaultyServer], Iterator[str]]
"""Does something to a server, and yields what is seen of it, in few words each."""


class Need(enum.Enum):
    """What a fault cannot be made without."""

    ROOT = "root, to mount file systems"
    STRACE = "strace, and the right to use it on one's own processes"

    @property
    def met(self) -> bool:
        """Whether this user, on this machine, has it."""
        return os.geteuid() == 0 if self is Need.ROOT else shutil.which("strace") is not None


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of the table."""

    name: str
    expected: str
    act: Act
    needs: Sequence[Need]
    setting: Setting

    @property
    def lacking(self) -> list[Need]:
        """What it needs and does not have."""
        return [need for need in self.needs if not need.met]


FAULTS: list[Fault] = []
"""Every fault, in the order of the table."""


def fault(name: str, expected: str, *needs: Need, setting: Setting = ORDINARY) -> Callable[[Act], Act]:
    """Put what the decorated function does to a server into the table; file systems are only mounted by root."""
    needed = needs if setting.place is Place.FOLDER else (Need.ROOT, *needs)

    def put(act: Act) -> Act:
        FAULTS.append(Fault(name, expected, act, needed, setting))
        return act

    return put
