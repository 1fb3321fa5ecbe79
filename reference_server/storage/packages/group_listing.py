"""Listing the packages of a group's projects."""

from __future__ import annotations

import json
from dataclasses import dataclass

from peewee import SQL

from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import Permission
from reference_server.storage.access.callers import Caller, Presented, UserCaller
from reference_server.storage.access.groups import GroupAccess
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.metadata.models import Package, Project
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.sqlite.hot_paths import HotPaths, ProjectRow
from reference_server.storage.packages.filters import Filters
from reference_server.storage.packages.finding import PackageRow
from reference_server.storage.packages.listing import PACKAGE_COLUMNS
from reference_server.storage.packages.parts import Asked, Given, Orders, give
from reference_server.storage.packages.showing import Showing, ShownPackage

_ORDERS = Orders({**PACKAGE_COLUMNS, "project_path": Project.path}, Package.id, default="created_at")


@dataclass(frozen=True, slots=True)
class _RowInGroup(PackageRow):
    """A package with the last part of its project's path, which lists of groups may be ordered by."""

    project_path: str


@dataclass(frozen=True, slots=True)
class GroupListing:
    """Lists the packages of a group that a caller may download."""

    authentication: Authentication
    groups: GroupAccess
    projects: ProjectAccess
    lookups: HotPaths
    database: Database
    permission: Permission
    showing: Showing

    def packages(
        self, presented: tuple[Presented, ...], group: str, filters: Filters, asked: Asked, *, with_subgroups: bool
    ) -> Given[ShownPackage]:
        """List the packages of a group's projects. Raises GROUP_NOT_FOUND, and as a project's list."""
        caller = self.authentication.caller(presented)
        condition = filters.judge()
        part = _ORDERS.judge(asked)
        found = self.groups.find(caller, group, self.permission)
        projects = self._readable(caller, found.id, with_subgroups=with_subgroups)
        query = (
            Package.select(Package, Project.path.alias("project_path"))
            .join(Project, on=Package.project_id == Project.id)
            .where(Package.project_id.in_(_each_of(projects)) & condition)
        )
        given = give(self.database, query, _RowInGroup, _ORDERS, part)
        return given.of(self.showing.show(caller, given.rows, projects))

    def _readable(self, caller: Caller, group_id: int, *, with_subgroups: bool) -> dict[int, ProjectRow]:
        """Give the projects of a group whose packages the caller may read, by their ids."""
        user_id = caller.user_id if isinstance(caller, UserCaller) else None
        rows = self.lookups.projects_of_group(group_id, user_id, with_subgroups=with_subgroups)
        return {row.id: row for row in rows if self.projects.permits(caller, row, self.permission)}


def _each_of(projects: dict[int, ProjectRow]) -> SQL:
    """Give the ids as one parameter, however many they are."""
    return SQL("(SELECT value FROM json_each(?))", [json.dumps(list(projects))])
