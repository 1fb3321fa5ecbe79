"""One row of the table: a server is started, the fault is made, and what is seen is compared with what is expected."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from reference_server.programs.data_directory import claimed
from tests.fault_table import disk, jumping_clock, processes, surroundings, volume
from tests.fault_table.fault import FAULTS, Fault, Need
from tests.fault_table.server import FaultyServer
from tests.fault_table.setting import Place
from tests.fault_table.system import mount, unmount

ROWS = FAULTS if (disk, volume, processes, surroundings) else []
"""Every fault, in the order of these modules, which put theirs there when they are imported."""

_SMALL_DISK_MEBIBYTES = 160


@dataclass(frozen=True, slots=True)
class Row:
    """What came of a fault; `lacking` is what it could not be made without."""

    fault: Fault
    seen: str
    lost: list[str]
    lacking: list[Need]

    @property
    def sound(self) -> bool:
        """Whether everything was as expected, and nothing lost."""
        return not self.lacking and self.seen == self.fault.expected and not self.lost


def run_row(fault: Fault, folder: Path) -> Row:
    """Make a fault on a server of its own below an empty folder."""
    if fault.lacking:
        return Row(fault, "", [], fault.lacking)
    with _placed(fault, folder) as server:
        seen = ", ".join(_seen(fault, server)).replace(", ;", ";")
        return Row(fault, seen, server.lost(), [])


def _seen(fault: Fault, server: FaultyServer) -> Iterator[str]:
    try:
        yield from fault.act(server)
    except (AssertionError, OSError, RuntimeError, subprocess.SubprocessError) as error:
        yield f"then {type(error).__name__}: {error}"


@contextmanager
def _placed(fault: Fault, folder: Path) -> Iterator[FaultyServer]:
    """Give a server with files on it, whose data lie where the fault wants them."""
    server = FaultyServer(folder, fault.setting)
    jumping_clock.make_file(folder / "clock")
    with ExitStack() as ending:
        if fault.setting.place is Place.SMALL_DISK:
            mount(server.data, "-t", "tmpfs", "-o", f"size={_SMALL_DISK_MEBIBYTES}m")
            ending.callback(unmount, server.data)
        elif fault.setting.place is Place.OWN_VOLUME:
            _give_own_volume(server, ending)
        ending.callback(server.stop)
        server.start()
        server.furnish()
        yield server


def _give_own_volume(server: FaultyServer, ending: ExitStack) -> None:
    """Mount a volume in the data directory, which is marked before, because it must be empty otherwise."""
    with claimed(server.data):
        pass
    mount(server.disk, "-t", "tmpfs", "-o", f"size={_SMALL_DISK_MEBIBYTES}m")
    ending.callback(unmount, server.disk)
    mount(server.volume, "--bind", source=str(server.disk))
    ending.callback(unmount, server.volume)
