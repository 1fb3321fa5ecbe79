"""Deleting packages' rows, with the rows of content that nothing refers to afterwards; changes for the writer."""

from __future__ import annotations

from collections.abc import Iterable

from peewee import Expression

from reference_server.storage.metadata.models import Blob, Package, PackageFile
from reference_server.storage.metadata.sqlite.database import Database


def forget_packages_of(database: Database, project_ids: Iterable[int]) -> list[bytes]:
    """Delete every package of projects; gives the digests of content on the volume that is free now."""
    freed: list[bytes] = []
    for project_id in project_ids:
        packages = database.rows(Package.select(Package.id).where(Package.project_id == project_id).tuples())
        for (package_id,) in packages:
            freed += forget_package(database, package_id)
    return freed


def forget_package(database: Database, package_id: int) -> list[bytes]:
    """Delete a package with its files; gives the digests of content on the volume that is free now."""
    freed = forget_files(database, PackageFile.package_id == package_id)
    database.change(Package.delete().where(Package.id == package_id))
    return freed


def forget_files(database: Database, which: Expression) -> list[bytes]:
    """Delete file rows; gives the digests of content on the volume that is free now."""
    digests = database.rows(PackageFile.select(PackageFile.sha256).distinct().where(which).tuples())
    database.change(PackageFile.delete().where(which))
    return [sha256 for (sha256,) in digests if _forget_content(database, bytes(sha256))]


def _forget_content(database: Database, sha256: bytes) -> bool:
    """Delete a content's row if no file refers to it; says whether the content lies on the volume and is free."""
    if database.first(PackageFile.select(PackageFile.id).where(PackageFile.sha256 == sha256).limit(1).tuples()):
        return False
    on_volume = Blob.select(Blob.content.is_null()).where(Blob.sha256 == sha256).tuples()
    (is_file,) = database.first(on_volume)
    database.change(Blob.delete().where(Blob.sha256 == sha256))
    return bool(is_file)
