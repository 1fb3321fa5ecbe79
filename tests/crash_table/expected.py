"""What clients have been told, and what may have become of the one change that each waited for when a half died."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ExpectedFile:
    """One publication of a file; `id` is 0 as long as nobody was told it. `size` is in bytes."""

    name: str
    sha256: str
    size: int
    id: int = 0

    @property
    def content(self) -> tuple[str, str, int]:
        """What must be seen of it."""
        return self.name, self.sha256, self.size


@dataclass(frozen=True, slots=True)
class PackageState:
    """A package with its publications from oldest to newest; None where there is no package, as `id` then."""

    id: int | None = None
    files: tuple[ExpectedFile, ...] = ()

    @property
    def contents(self) -> list[tuple[str, str, int]]:
        """What must be seen of its files, in order."""
        return [file.content for file in self.files]

    def published(self, file: ExpectedFile, package_id: int) -> PackageState:
        """Return the state after a publication."""
        return PackageState(package_id, (*self.files, file))

    def without(self, file: ExpectedFile) -> PackageState:
        """Return the state after one publication was deleted."""
        return PackageState(self.id, tuple(other for other in self.files if other is not file))


@dataclass(slots=True)
class ExpectedPackage:
    """A package that one client alone changes: as it was acknowledged, and as it is if the pending change was made."""

    name: str
    state: PackageState = PackageState()
    pending: PackageState | None = None

    @property
    def allowed(self) -> list[PackageState]:
        """Every state that it may lawfully be in."""
        return [self.state] if self.pending is None else [self.state, self.pending]

    def acknowledge(self, state: PackageState) -> None:
        """Take note that the pending change was acknowledged, and what it came to."""
        self.state, self.pending = state, None


@dataclass(slots=True)
class ExpectedRegistry:
    """All that must be there: the packages, and the regex of the group's settings."""

    packages: list[ExpectedPackage]
    regexes: list[str] = field(default_factory=lambda: [""])
    """The acknowledged one, and the one that was asked for after it, if any."""
