"""What a registry with one project holds, and whether an answer to an operation fits: the specification in small.

A registry is a value: an operation and its answer give the next one. Numbers that only the server can choose are taken
from its answers, and must be higher than all that were seen before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations

Coordinates = tuple[str, str]
"""A package's name and version."""


class Content(bytes):
    """Bytes that are shown by their number and their beginning."""

    def __repr__(self) -> str:
        return f"<{len(self)} bytes {self[:4].hex()}>"


NOTHING = Content()


@dataclass(frozen=True, slots=True)
class Publish:
    """Publish content under a name; chunked bodies and those over 64 KiB go another way through the server."""

    package: Coordinates
    file_name: str
    content: Content
    chunked: bool


@dataclass(frozen=True, slots=True)
class Download:
    """Download the newest content of a name, or bytes of it: `first` to `last`, both counted from 0."""

    package: Coordinates
    file_name: str
    span: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class DeletePackage:
    """Delete a package by its number."""

    package_id: int


@dataclass(frozen=True, slots=True)
class DeleteFile:
    """Delete one publication of a file by its number."""

    package_id: int
    file_id: int


@dataclass(frozen=True, slots=True)
class ListPackages:
    """List the packages, oldest first."""


@dataclass(frozen=True, slots=True)
class ListFiles:
    """List the publications in a package, oldest first."""

    package_id: int


@dataclass(frozen=True, slots=True)
class ChangeSettings:
    """Say whether file names may be published twice, and for which packages the opposite holds."""

    allowed: bool
    exception: str


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """Read what was said last; its outcome has the number 1 or 0 for `allowed`, and the exception as content."""


Operation = Publish | Download | DeletePackage | DeleteFile | ListPackages | ListFiles | ChangeSettings | ReadSettings


@dataclass(frozen=True, slots=True)
class Outcome:
    """What of an answer counts: its status, and the numbers or the content in it."""

    status: int
    numbers: tuple[int, ...] = ()
    content: Content = NOTHING


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One publication."""

    id: int
    name: str
    content: Content


@dataclass(frozen=True, slots=True)
class StoredPackage:
    """A package with its publications, oldest first."""

    id: int
    files: tuple[StoredFile, ...] = ()

    def newest(self, name: str) -> StoredFile | None:
        """Return the publication of a name that is served."""
        return next((file for file in reversed(self.files) if file.name == name), None)


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything that one project holds. `seen` are the highest numbers of packages and files so far."""

    packages: Mapping[Coordinates, StoredPackage] = field(default_factory=dict)
    settings: ChangeSettings = ChangeSettings(allowed=True, exception="")
    seen: tuple[int, int] = (0, 0)

    def after(self, operation: Operation, outcome: Outcome) -> Registry | None:
        """Return the registry after an operation with this outcome; None where it cannot have had it."""
        match operation:
            case Publish():
                return self._after_publish(operation, outcome)
            case DeletePackage():
                return self._after_deletion(operation.package_id, None, outcome)
            case DeleteFile():
                return self._after_deletion(operation.package_id, operation.file_id, outcome)
            case ChangeSettings():
                return replace(self, settings=operation) if outcome == Outcome(200) else None
            case Download() | ListPackages() | ListFiles() | ReadSettings():
                return self if outcome == self._read(operation) else None

    def find(self, package_id: int) -> tuple[Coordinates, StoredPackage] | None:
        """Return a package by its number."""
        return next((item for item in self.packages.items() if item[1].id == package_id), None)

    def _read(self, operation: Download | ListPackages | ListFiles | ReadSettings) -> Outcome:
        """Return the one outcome that an operation which changes nothing can have."""
        match operation:
            case ListPackages():
                return Outcome(200, tuple(sorted(package.id for package in self.packages.values())))
            case ListFiles():
                found = self.find(operation.package_id)
                return Outcome(404) if found is None else Outcome(200, tuple(file.id for file in found[1].files))
            case ReadSettings():
                return Outcome(200, (int(self.settings.allowed),), Content(self.settings.exception.encode()))
            case Download():
                package = self.packages.get(operation.package)
                file = package.newest(operation.file_name) if package else None
                return Outcome(404) if file is None else _selected(file.content, operation.span)

    def _after_publish(self, operation: Publish, outcome: Outcome) -> Registry | None:
        """Return the registry with one publication more, or the same one where the name may not be published twice."""
        package = self.packages.get(operation.package)
        if package and package.newest(operation.file_name) and self._forbids(operation.package):
            return self if outcome == Outcome(400) else None
        if outcome.status != 200 or len(outcome.numbers) != 2:
            return None
        package_id, file_id = outcome.numbers
        known = package_id == package.id if package else package_id > self.seen[0]
        if not known or file_id <= self.seen[1]:
            return None
        files = (*(package.files if package else ()), StoredFile(file_id, operation.file_name, operation.content))
        packages = {**self.packages, operation.package: StoredPackage(package_id, files)}
        return replace(self, packages=packages, seen=(max(package_id, self.seen[0]), file_id))

    def _after_deletion(self, package_id: int, file_id: int | None, outcome: Outcome) -> Registry | None:
        """Return the registry without a package, or without one of its files."""
        found = self.find(package_id)
        kept: tuple[StoredFile, ...] = ()
        if found is not None and file_id is not None:
            kept = tuple(file for file in found[1].files if file.id != file_id)
        if found is None or (file_id is not None and len(kept) == len(found[1].files)):
            return self if outcome == Outcome(404) else None
        if outcome != Outcome(204):
            return None
        others = {coordinates: package for coordinates, package in self.packages.items() if package.id != package_id}
        if file_id is None:
            return replace(self, packages=others)
        return replace(self, packages={**others, found[0]: StoredPackage(package_id, kept)})

    def _forbids(self, package: Coordinates) -> bool:
        """Return whether a name may not be published twice: the exceptions turn the setting round."""
        exception = self.settings.exception
        excepted = bool(exception) and any(re.fullmatch(exception, text) for text in package)
        return self.settings.allowed == excepted


def one_after_another(
    registry: Registry, done: Sequence[tuple[Operation, Outcome]], last: Sequence[tuple[Operation, Outcome]]
) -> Registry | None:
    """Return the registry after operations at the same time, in an order that explains all outcomes; None without one.

    `last` came after all of them, in its own order.
    """
    for order in permutations(done):
        reached: Registry | None = registry
        for operation, outcome in (*order, *last):
            reached = reached.after(operation, outcome) if reached else None
        if reached:
            return reached
    return None


def _selected(content: Content, span: tuple[int, int] | None) -> Outcome:
    """Return the outcome of a download; a range of nothing is ignored."""
    if span is None or not content:
        return Outcome(200, content=content)
    first, last = span
    if first >= len(content):
        return Outcome(416)
    return Outcome(206, content=Content(content[first : last + 1]))
