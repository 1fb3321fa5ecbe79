"""What is there after a crash, over HTTP and below it, compared with what clients were told."""

from __future__ import annotations

import collections
import contextlib
import hashlib
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from reference_server.contract.limits import SMALL_CONTENT_BYTES
from tests.crash_table.expected import ExpectedFile, ExpectedPackage, ExpectedRegistry, PackageState
from tests.crash_table.load import Place
from tests.support.front_end import Answer, Served
from tests.support.graphql_queries import ask

_SETTINGS = "query($path: ID!) { group(fullPath: $path) { packageSettings { genericDuplicateExceptionRegex } } }"
_Content = tuple[str, str, int]


@dataclass(slots=True)
class Findings:
    """Sentences about what is wrong, by what it means."""

    lost: list[str] = field(default_factory=list)
    """Acknowledged, and not there or not byte-equal."""
    partial: list[str] = field(default_factory=list)
    """Visible, and not whole."""
    orphans: list[str] = field(default_factory=list)
    """On the volume after the sweep, and of no record."""
    miscounts: list[str] = field(default_factory=list)
    """A list, a count or a reference that is not exact."""

    @property
    def sentences(self) -> list[str]:
        """All of them."""
        return [*self.lost, *self.partial, *self.orphans, *self.miscounts]


@dataclass(slots=True)
class Audit:
    """Looks at a server that was just started, and settles what became of pending changes."""

    served: list[Served]
    place: Place
    data: Path
    patience_seconds: float = 20.0
    """How long it may take until everything is served, and then until the sweep is over."""
    findings: Findings = field(default_factory=Findings)

    def look_at(self, registry: ExpectedRegistry) -> Findings:
        """Compare everything, and make what is seen of pending changes what is expected from now on."""
        deadline = time.monotonic() + self.patience_seconds
        for number, package in enumerate(registry.packages):
            self._look_at_package(self.served[number % len(self.served)], package, deadline)
        self._count_packages(registry)
        self._look_at_settings(registry)
        self._look_at_metadata(registry)
        self._look_at_volume(_large_digests(registry))
        return self.findings

    def _look_at_package(self, served: Served, package: ExpectedPackage, deadline: float) -> None:
        """Read a package's files over HTTP, the list and the newest of each name."""
        seen = self._read(served, package.name)
        contents = seen.contents
        allowed = [state for state in package.allowed if (state.id is None) == (seen.id is None)]
        if contents not in [state.contents for state in allowed]:
            self._explain(package, contents)
        names = {file.name for state in package.allowed for file in state.files}
        for name in sorted(names | {file.name for file in seen.files}):
            rows = [file for file in seen.files if file.name == name]
            self._compare(f"{package.name}/{name}", self._download(served, package.name, name, deadline), rows)
        package.acknowledge(seen)

    def _explain(self, package: ExpectedPackage, seen: list[_Content]) -> None:
        """Tell what was lost from what is only one too many, or one that should have gone."""
        counted = [collections.Counter(state.contents) for state in package.allowed]
        for name, sha256, _ in min(counted, key=len) - collections.Counter(seen):
            self.findings.lost.append(f"{package.name}/{name}: publication of {sha256} is not listed")
        self.findings.miscounts.append(f"{package.name}: its {len(seen)} rows are not as they may be")

    def _read(self, served: Served, name: str) -> PackageState:
        project = f"/projects/{self.place.project}/packages"
        packages = [row for row in served.get(f"{project}?package_name={name}").items() if row["name"] == name]
        if not packages:
            return PackageState()
        if len(packages) > 1:
            self.findings.miscounts.append(f"{name}: {len(packages)} packages of this name and version")
        number = int(packages[0]["id"])
        answer = served.get(f"{project}/{number}/package_files?per_page=100&order_by=id&sort=asc")
        files = [
            ExpectedFile(row["file_name"], row["file_sha256"], row["size"], int(row["id"])) for row in answer.items()
        ]
        if answer.headers["X-Total"] != str(len(files)):
            self.findings.miscounts.append(f"{name}: X-Total is {answer.headers['X-Total']} of {len(files)} files")
        return PackageState(number, tuple(sorted(files, key=lambda file: file.id)))

    def _download(self, served: Served, package: str, name: str, deadline: float) -> Answer:
        """Download a file, again for as long as the front end says that it has not found the storage yet."""
        while True:
            answer = served.send("GET", self.place.file(package, name))
            if answer.status != HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
                return answer
            time.sleep(0.02)

    def _compare(self, what: str, answer: Answer, rows: list[ExpectedFile]) -> None:
        """Compare what was downloaded with the newest of a name's rows; where there is none, 404 is right."""
        if not rows:
            if answer.status != HTTPStatus.NOT_FOUND:
                self.findings.partial.append(f"{what}: {answer.status} although it has no row")
        elif answer.status != HTTPStatus.OK:
            self.findings.lost.append(f"{what}: {answer.status}")
        elif hashlib.sha256(answer.body).hexdigest() != rows[-1].sha256:
            self.findings.partial.append(f"{what}: {len(answer.body)} bytes of another digest")

    def _count_packages(self, registry: ExpectedRegistry) -> None:
        wanted = str(sum(package.state.id is not None for package in registry.packages))
        for served in self.served:
            total = served.get(f"/projects/{self.place.project}/packages").headers["X-Total"]
            if total != wanted:
                self.findings.miscounts.append(f"{total} packages are listed, not {wanted}")

    def _look_at_settings(self, registry: ExpectedRegistry) -> None:
        shown = ask(self.served[0], _SETTINGS, path=self.place.group).data["group"]["packageSettings"]
        regex = shown["genericDuplicateExceptionRegex"]
        if regex not in registry.regexes:
            self.findings.lost.append(f"the settings hold {regex}, not {' or '.join(registry.regexes)}")
        registry.regexes = [regex]

    def _look_at_metadata(self, registry: ExpectedRegistry) -> None:
        """Count rows, follow references, and hash small content."""
        path = f"file:{self.data / 'metadata.sqlite3'}?mode=ro"
        with contextlib.closing(sqlite3.connect(path, uri=True, timeout=self.patience_seconds)) as database:
            states = [package.state for package in registry.packages]
            self._count(database, "packages", sum(state.id is not None for state in states))
            self._count(database, "package_files", sum(len(state.files) for state in states))
            self._count(database, "blobs", len({file.sha256 for state in states for file in state.files}))
            for sha256, size, content in database.execute("SELECT sha256, size, content FROM blobs"):
                if (content is None) != (size > SMALL_CONTENT_BYTES):
                    self.findings.miscounts.append(f"content {sha256.hex()} is kept in the wrong place")
                if content is not None and (len(content), hashlib.sha256(content).digest()) != (size, sha256):
                    self.findings.partial.append(f"content {sha256.hex()} in the metadata has another digest")
            for pragma in ("quick_check", "foreign_key_check"):
                rows = [row for row in database.execute(f"PRAGMA {pragma}") if row != ("ok",)]
                self.findings.miscounts += [f"{pragma}: {row}" for row in rows]

    def _count(self, database: sqlite3.Connection, table: str, wanted: int) -> None:
        (count,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()
        if count != wanted:
            self.findings.miscounts.append(f"{table} has {count} rows, not {wanted}")

    def _look_at_volume(self, wanted: set[str]) -> None:
        """Wait for the sweep, then hash what is kept; nothing is staged, nothing in the trash."""
        volume = self.data / "volume"
        deadline = time.monotonic() + self.patience_seconds
        while (extra := self._extra(volume, wanted)) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.findings.orphans += sorted(extra)
        for path in _files(volume / "blobs"):
            if path.name in wanted and hashlib.sha256(path.read_bytes()).hexdigest() != path.name:
                self.findings.partial.append(f"{path.name} on the volume has another digest")
        missing = wanted - {path.name for path in _files(volume / "blobs")}
        self.findings.lost += [f"{name} is not on the volume" for name in sorted(missing)]

    def _extra(self, volume: Path, wanted: set[str]) -> list[str]:
        """Return what lies on the volume without a record."""
        kept = [path for path in _files(volume / "blobs") if path.name not in wanted]
        others = [*_files(volume / "staging"), *_files(volume / "trash")]
        return [str(path.relative_to(volume)) for path in (*kept, *others)]


def _large_digests(registry: ExpectedRegistry) -> set[str]:
    files = [file for package in registry.packages for file in package.state.files]
    return {file.sha256 for file in files if file.size > SMALL_CONTENT_BYTES}


def _files(folder: Path) -> Iterable[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
