"""Package files: one row for each publication of a file; the newest row of a name is served."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from peewee import Expression, fn

from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import Blob, Package, PackageFile, Project
from reference_server.storage.metadata.pagination import Ordering, Page, Selection, read_page
from reference_server.storage.metadata.repositories.blobs import BlobRepository
from reference_server.storage.metadata.rows import FoundFile, PackageFileRow

PACKAGE_FILE_ORDERING = Ordering(
    {"id": PackageFile.id, "created_at": PackageFile.created_at, "file_name": PackageFile.file_name},
    PackageFile.id,
    default="id",
)
_COLUMNS = [getattr(PackageFile, name) for name in PackageFileRow.__slots__ if name != "project_id"]


@dataclass(frozen=True, slots=True)
class PackageFileRepository:
    """The rows of package files."""

    database: Database

    def exists(self, package_id: int, file_name: str) -> bool:
        """Return whether a package has a file of this name."""
        return self.database.one(self.database.statements.file_exists, (package_id, file_name)) is not None

    def newest(
        self, project_id: int, name: str, version: str, file_name: str, *, with_content: bool
    ) -> FoundFile | None:
        """Find the newest file of these coordinates, on request with its content if that is kept in the metadata."""
        statements = self.database.statements
        statement = statements.newest_content if with_content else statements.newest_record
        return self.database.read(_found, statement, (project_id, name, version, file_name))

    def by_id(self, project_id: int, package_id: int, file_id: int) -> FoundFile | None:
        """Find a file row of a package of a project, with its content if that is kept in the metadata."""
        return self.database.read(_found, self.database.statements.file_by_id, (file_id, package_id, project_id))

    def page(self, project_id: int, package_id: int, selection: Selection) -> Page[PackageFileRow]:
        """Return a page of a package's file rows, ordered as PACKAGE_FILE_ORDERING says."""
        query = PackageFile.select(*_COLUMNS).where(PackageFile.package_id == package_id)
        make = functools.partial(PackageFileRow, project_id=project_id)
        return read_page(self.database, query, make, PACKAGE_FILE_ORDERING, selection)

    def insert(self, file: PackageFileRow, pipeline_id: int | None) -> int:
        """Write a row and return its id; `pipeline_id` is that of the job that publishes the file, if any."""
        statements = self.database.statements
        values = (file.package_id, file.file_name, file.sha256, file.size, file.md5, file.sha1, file.created_at)
        if pipeline_id is not None:
            self.database.run(statements.insert_pipeline, (file.package_id, pipeline_id))
        row_id = self.database.insert(statements.insert_file, (*values, pipeline_id))
        if row_id is None:
            raise AssertionError("the package and the content were written in the same transaction")
        return row_id

    def delete(self, package_id: int, file_id: int) -> list[bytes] | None:
        """Delete one row of a package, if there is one; return the digests that this frees, or None."""
        which = (PackageFile.id == file_id) & (PackageFile.package_id == package_id)
        if not self.database.exists(PackageFile.select().where(which)):
            return None
        return self._delete(which)

    def names_of(self, sha256: bytes, limit: int) -> list[tuple[str, str, str, str]]:
        """Return which files have this content: the project's full path, the package, its version, the file name."""
        query = (
            PackageFile.select(Project.full_path, Package.name, Package.version, PackageFile.file_name)
            .join(Package, on=PackageFile.package_id == Package.id)
            .join(Project, on=Package.project_id == Project.id)
            .where(PackageFile.sha256 == sha256)
            .order_by(PackageFile.id)
            .limit(limit)
        )
        return self.database.rows(query.tuples())

    def count_of_other_size(self) -> int:
        """Return how many rows have another size than their content; slow."""
        query = PackageFile.select(fn.COUNT(PackageFile.id)).join(Blob, on=PackageFile.sha256 == Blob.sha256)
        return int(self.database.first(query.where(PackageFile.size != Blob.size).tuples())[0])

    def delete_of_content(self, sha256: bytes) -> list[int]:
        """Delete all rows of content, and its own; return the ids of their packages."""
        which = PackageFile.sha256 == sha256
        packages = self.database.rows(PackageFile.select(PackageFile.package_id).distinct().where(which).tuples())
        self._delete(which)
        return [package_id for (package_id,) in packages]

    def delete_of_package(self, package_id: int) -> list[bytes]:
        """Delete all rows of a package; return the digests of content on the volume that is free now."""
        return self._delete(PackageFile.package_id == package_id)

    def _delete(self, which: Expression) -> list[bytes]:
        digests = self.database.rows(PackageFile.select(PackageFile.sha256).distinct().where(which).tuples())
        self.database.change(PackageFile.delete().where(which))
        return [sha256 for (sha256,) in digests if BlobRepository(self.database).delete_unreferenced(bytes(sha256))]


def _found(content: bytes | None, package_status: int, *columns: Any) -> FoundFile:  # noqa: ANN401 -- a row's columns
    return FoundFile(content, package_status, PackageFileRow(*columns))
