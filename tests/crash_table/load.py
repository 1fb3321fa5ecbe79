"""Clients that publish, publish again, delete and change settings until they are stopped or not answered."""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from reference_server.contract.limits import SMALL_CONTENT_BYTES
from tests.crash_table.expected import ExpectedFile, ExpectedPackage, ExpectedRegistry, PackageState
from tests.support.front_end import Answer, Served
from tests.support.graphql_queries import TARGET

VERSION = "1.0"
_FILES = 5  # names in a package
_ROWS = 10  # publications after which deleting is the rule
_SHARED = 4  # large contents that all clients publish, so that removing one meets publishing it
_LARGEST_BYTES = 320 * 1024

_SETTINGS = """mutation($path: ID!, $regex: UntrustedRegexp) {
  updateNamespacePackageSettings(input: {
    namespacePath: $path, genericDuplicatesAllowed: true, genericDuplicateExceptionRegex: $regex
  }) { errors packageSettings { genericDuplicateExceptionRegex } } }"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where clients work: a project by its number, in a group by its path."""

    project: int
    group: str

    def file(self, package: str, name: str) -> str:
        """Return the path of a file."""
        return f"/api/v4/projects/{self.project}/packages/generic/{package}/{VERSION}/{name}"


class UnansweredError(Exception):
    """A change was not acknowledged: what became of it is not known."""


def content_of(number: int, size: int) -> bytes:
    """Return content that is the same for the same numbers."""
    return random.Random(number).randbytes(size)


@dataclass(slots=True)
class Client:
    """One client with a package of its own; `random` decides what it does."""

    served: Served
    place: Place
    package: ExpectedPackage
    random: random.Random
    acknowledged: int = 0

    def act(self) -> None:
        """Make one change and take note of its acknowledgement. Raise UnansweredError."""
        state = self.package.state
        if state.id is not None and self.random.random() < (0.6 if len(state.files) >= _ROWS else 0.25):
            self._delete(state)
        else:
            self._publish(state)
        self.acknowledged += 1

    def _publish(self, state: PackageState) -> None:
        content = self._content()
        name = f"file-{self.random.randrange(_FILES)}.bin"
        file = ExpectedFile(name, hashlib.sha256(content).hexdigest(), len(content))
        # A package that is new has a number that nobody was told yet.
        self.package.pending = state.published(file, state.id or 0)
        target = f"{self.place.file(self.package.name, name)}?select=package_file"
        row = _acknowledged(self.served, "PUT", target, content).json()
        told = ExpectedFile(name, file.sha256, file.size, int(row["id"]))
        self.package.acknowledge(state.published(told, int(row["package_id"])))

    def _content(self) -> bytes:
        kind = self.random.random()
        if kind < 0.2:
            number = self.random.randrange(_SHARED)
            return content_of(number, SMALL_CONTENT_BYTES + 1 + number * 50_000)
        largest = SMALL_CONTENT_BYTES if kind < 0.5 else _LARGEST_BYTES
        return content_of(self.random.getrandbits(60) + _SHARED, self.random.randint(1, largest))

    def _delete(self, state: PackageState) -> None:
        target = f"/api/v4/projects/{self.place.project}/packages/{state.id}"
        after = PackageState()
        if state.files and self.random.random() < 0.7:
            file = self.random.choice(state.files)
            target, after = f"{target}/package_files/{file.id}", state.without(file)
        self.package.pending = after
        _acknowledged(self.served, "DELETE", target)
        self.package.acknowledge(after)


@dataclass(slots=True)
class Operator:
    """Somebody who changes the group's settings again and again."""

    served: Served
    place: Place
    registry: ExpectedRegistry
    random: random.Random
    acknowledged: int = 0

    def act(self) -> None:
        """Change the settings. Raise UnansweredError."""
        regex = f"x{self.random.getrandbits(40)}"
        self.registry.regexes.append(regex)
        variables = {"path": self.place.group, "regex": regex}
        body = json.dumps({"query": _SETTINGS, "variables": variables}).encode()
        answer = _acknowledged(self.served, "POST", TARGET, body, {"Content-Type": "application/json"})
        if regex.encode() not in answer.body:
            raise UnansweredError(f"settings: {answer.body!r}")
        self.registry.regexes = [regex]
        self.acknowledged += 1


@dataclass(slots=True)
class Load:
    """What all clients do at the same time; `refusals` says what they were told instead of an acknowledgement."""

    actors: list[Client | Operator]
    refusals: list[str] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Have all act until the block ends, each until it is not answered; then wait for them."""
        self._stopping.clear()
        self.refusals.clear()
        threads = [threading.Thread(target=self._go_on, args=(actor,)) for actor in self.actors]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            for thread in threads:
                thread.join()

    @property
    def acknowledged(self) -> int:
        """How many changes were acknowledged since the beginning."""
        return sum(actor.acknowledged for actor in self.actors)

    def _go_on(self, actor: Client | Operator) -> None:
        try:
            while not self._stopping.is_set():
                actor.act()
        except (UnansweredError, OSError, http.client.HTTPException) as error:
            self.refusals.append(f"{type(error).__name__}: {error}")


def _acknowledged(
    served: Served, method: str, target: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """Send a request and return the answer. Raise UnansweredError unless it acknowledges."""
    answer = served.send(method, target, body, headers)
    if not 200 <= answer.status < 300:
        raise UnansweredError(f"{method} {target}: {answer.status} {answer.body[:200]!r}")
    return answer
