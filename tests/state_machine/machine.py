"""The state machine: which operations there are, one by one and several at once."""

from __future__ import annotations

import random
from typing import Any, ClassVar

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.state_machine.client import ProjectClient, new_project
from tests.state_machine.model import (
    ChangeSettings,
    Content,
    DeleteFile,
    DeletePackage,
    Download,
    ListFiles,
    ListPackages,
    Operation,
    Publish,
    ReadSettings,
    Registry,
    one_after_another,
)
from tests.support.front_end import Served

_STEPS_OF_AN_EXAMPLE = 40
_PHASES = (Phase.generate, Phase.shrink)
_AT_ONCE = 4
_NOWHERE = 2**31 - 1

PACKAGES = st.tuples(st.sampled_from(["alpha", "beta"]), st.sampled_from(["1.0", "2.0"]))
FILE_NAMES = st.sampled_from(["a.bin", "b.bin"])
# Around the border between bodies within their operation and streamed ones; the contents of a seed repeat themselves.
SIZES = st.sampled_from([0, 1, 9_001, 65_536, 65_537, 200_000])
CONTENTS = st.builds(lambda number, size: Content(random.Random(number).randbytes(size)), st.integers(0, 3), SIZES)
SPANS = st.none() | st.tuples(st.integers(0, 70_000), st.integers(0, 70_000)).map(lambda pair: (min(pair), max(pair)))
EXCEPTIONS = st.sampled_from(["", "alpha", ".*a", "2[.]0"])

Chosen = tuple[str, int, int]
"""What is to be deleted or looked into, before it is known what there is: the kind, and which package and file."""

CHOSEN = st.tuples(st.sampled_from(["package", "file", "files"]), st.integers(0, 5), st.integers(0, 20))
PUBLISH = st.builds(Publish, PACKAGES, FILE_NAMES, CONTENTS, st.booleans())
DOWNLOAD = st.builds(Download, PACKAGES, FILE_NAMES, SPANS)
SETTINGS = st.builds(ChangeSettings, st.booleans(), EXCEPTIONS)
ANY = PUBLISH | DOWNLOAD | CHOSEN | SETTINGS | st.just(ListPackages()) | st.just(ReadSettings())


class DivergenceError(AssertionError):
    """The server answered as the model never would."""


class RegistryMachine(RuleBasedStateMachine):
    """One project, and the model of it."""

    served: ClassVar[Served]
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self._client: ProjectClient = new_project(self.served)
        self._registry = Registry()

    @rule(operation=PUBLISH)
    def publish(self, operation: Publish) -> None:
        self._do(operation)

    @rule(operation=DOWNLOAD)
    def download(self, operation: Download) -> None:
        self._do(operation)

    @rule(chosen=CHOSEN)
    def choose(self, chosen: Chosen) -> None:
        self._do(self._resolved(chosen))

    @rule(operation=SETTINGS)
    def change_settings(self, operation: ChangeSettings) -> None:
        self._do(operation)

    @rule(wanted=st.lists(ANY, min_size=2, max_size=_AT_ONCE))
    def do_together(self, wanted: list[Operation | Chosen]) -> None:
        """Send several operations at once: their outcomes and what is there after them have one order."""
        done = self._client.do_together([self._resolved(one) for one in wanted])
        listed = self._client.do(ListPackages())
        looks: list[Operation] = [ReadSettings(), *(ListFiles(number) for number in listed.numbers)]
        seen = [(ListPackages(), listed), *((look, self._client.do(look)) for look in looks)]
        type(self).steps += len(done)
        reached = one_after_another(self._registry, done, seen)
        if reached is None:
            raise DivergenceError(f"no order explains {done}, then {seen}, from {self._registry}")
        self._registry = reached

    @invariant()
    def lists_what_there_is(self) -> None:
        self._compare(ListPackages())

    def teardown(self) -> None:
        """Download everything that is still there."""
        for package, stored in self._registry.packages.items():
            for name in sorted({file.name for file in stored.files}):
                self._compare(Download(package, name, None))

    def _do(self, operation: Operation) -> None:
        type(self).steps += 1
        self._compare(operation)

    def _compare(self, operation: Operation) -> None:
        outcome = self._client.do(operation)
        reached = self._registry.after(operation, outcome)
        if reached is None:
            raise DivergenceError(f"{operation} ended in {outcome}, from {self._registry}")
        self._registry = reached

    def _resolved(self, wanted: Operation | Chosen) -> Operation:
        """Say which package or file is meant, sometimes one that there is not."""
        if not isinstance(wanted, tuple):
            return wanted
        kind, package_place, file_place = wanted
        packages = list(self._registry.packages.values())
        package = packages[package_place] if package_place < len(packages) else None
        number = package.id if package else _NOWHERE
        if kind == "package":
            return DeletePackage(number)
        if kind == "files":
            return ListFiles(number)
        files = package.files if package else ()
        return DeleteFile(number, files[file_place].id if file_place < len(files) else _NOWHERE)


def run(served: Served, *, examples: int, seed: int) -> int:
    """Run examples against a server, and return how many steps they took. Raise what diverged, made small."""

    class Machine(RegistryMachine):
        steps: ClassVar[int] = 0

    Machine.served = served
    chosen = settings(
        max_examples=examples,
        stateful_step_count=_STEPS_OF_AN_EXAMPLE,
        deadline=None,
        database=None,
        phases=_PHASES,
        suppress_health_check=list(HealthCheck),
    )
    seeded: Any = hypothesis.seed(seed)(Machine)
    run_state_machine_as_test(seeded, settings=chosen)
    return Machine.steps
