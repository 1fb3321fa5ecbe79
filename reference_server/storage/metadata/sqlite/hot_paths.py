"""The statements of publish and open, written out: run so, they cost a twentieth of peewee's queries.

All other rooms ask through models.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.storage.metadata import clock
from reference_server.storage.metadata.sqlite.database import Database

_HIGHEST_ID_DIGITS = 18  # a longer number is no SQLite integer

_ACCESS_TOKEN = """SELECT t.id, t.digest, t.user_id, u.administrator, u.blocked, t.scopes, t.expires_at, t.revoked
    FROM access_tokens t JOIN users u ON u.id = t.user_id WHERE t.digest = ?"""  # noqa: S105 -- a statement
_DEPLOY_TOKEN = """SELECT digest, project_id, group_id, scopes, expires_at, revoked
    FROM deploy_tokens WHERE digest = ?"""  # noqa: S105 -- a statement
_RUNNING_JOB = """SELECT j.digest, l.user_id, u.administrator, u.blocked, l.project_id, l.id
    FROM jobs j JOIN pipelines l ON l.id = j.pipeline_id JOIN users u ON u.id = l.user_id
    WHERE j.digest = ? AND j.status = 2"""
_PROJECT = """SELECT p.id, p.group_id, p.visibility, p.package_access,
        (SELECT m.access_level FROM project_members m WHERE m.project_id = p.id AND m.user_id = :user
            AND (m.expires_at IS NULL OR m.expires_at > :now)),
        (SELECT max(m.access_level) FROM group_ancestors a JOIN group_members m ON m.group_id = a.ancestor_id
            WHERE a.group_id = p.group_id AND m.user_id = :user AND (m.expires_at IS NULL OR m.expires_at > :now))
    FROM projects p WHERE """
_IS_BELOW = "SELECT 1 FROM group_ancestors WHERE group_id = ? AND ancestor_id = ?"
_JOB_TOKEN_SCOPE = """SELECT t.job_tokens_restricted, s.path, t.path,
        EXISTS (SELECT 1 FROM job_token_allowlist WHERE project_id = t.id AND source_id = s.id)
    FROM projects s, projects t WHERE s.id = ? AND t.id = ?"""  # noqa: S105 -- a statement
_PROJECT_BY_ID = f"{_PROJECT} p.id = :project"
_PROJECT_BY_PATH = f"{_PROJECT} p.full_path = :project"
_PROJECTS_OF_GROUP = f"{_PROJECT} p.group_id = :group"
_PROJECTS_BELOW_GROUP = f"{_PROJECT} p.group_id IN (SELECT group_id FROM group_ancestors WHERE ancestor_id = :group)"  # noqa: S608 -- ours
_SETTINGS = """SELECT s.duplicates_allowed, s.duplicate_exception_regex
    FROM group_ancestors a JOIN package_settings s ON s.group_id = a.ancestor_id
    WHERE a.group_id = ? ORDER BY a.distance LIMIT 1"""
_TERMS = """SELECT (SELECT maximum_file_bytes FROM package_limits WHERE project_id = :project),
        EXISTS (SELECT 1 FROM protection_rules WHERE project_id = :project)"""
_PACKAGE = "SELECT id, status FROM packages WHERE project_id = ? AND name = ? AND version = ?"
_FILE_EXISTS = "SELECT 1 FROM package_files WHERE package_id = ? AND file_name = ? LIMIT 1"
_NEWEST_FILE = """SELECT {content}, p.status,
        f.id, f.package_id, p.project_id, f.file_name, f.size, f.sha256, f.md5, f.sha1, f.created_at
    FROM packages p JOIN package_files f ON f.package_id = p.id
    WHERE p.project_id = ? AND p.name = ? AND p.version = ? AND f.file_name = ? ORDER BY f.id DESC LIMIT 1"""
_NEWEST_RECORD = _NEWEST_FILE.format(content="NULL")
_NEWEST_CONTENT = _NEWEST_FILE.format(content="(SELECT b.content FROM blobs b WHERE b.sha256 = f.sha256)")
_FILE_BY_ID = """SELECT (SELECT b.content FROM blobs b WHERE b.sha256 = f.sha256), p.status,
        f.id, f.package_id, p.project_id, f.file_name, f.size, f.sha256, f.md5, f.sha1, f.created_at
    FROM package_files f JOIN packages p ON p.id = f.package_id
    WHERE f.id = ? AND p.id = ? AND p.project_id = ?"""
_BLOB_EXISTS = "SELECT 1 FROM blobs WHERE sha256 = ?"
_INSERT_PACKAGE = "INSERT INTO packages (project_id, name, version, status, created_at) VALUES (?, ?, ?, ?, ?)"
_UPDATE_STATUS = "UPDATE packages SET status = ? WHERE id = ?"
_INSERT_BLOB = "INSERT INTO blobs (sha256, size, content) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_INSERT_FILE = """INSERT INTO package_files
        (package_id, file_name, sha256, size, md5, sha1, created_at, pipeline_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT id FROM pipelines WHERE id = ?))"""
_INSERT_PIPELINE = """INSERT INTO package_pipelines (package_id, pipeline_id)
    SELECT ?, id FROM pipelines WHERE id = ? ON CONFLICT DO NOTHING"""


@dataclass(frozen=True, slots=True)
class AccessTokenRow:
    """An access token and what its user is."""

    id: int
    digest: bytes
    user_id: int
    administrator: bool
    blocked: bool
    scopes: str
    expires_at: int | None
    revoked: bool


@dataclass(frozen=True, slots=True)
class DeployTokenRow:
    """A deploy token."""

    digest: bytes
    project_id: int | None
    group_id: int | None
    scopes: str
    expires_at: int | None
    revoked: bool


@dataclass(frozen=True, slots=True)
class RunningJobRow:
    """A job that runs, and what its user is."""

    digest: bytes
    user_id: int
    administrator: bool
    blocked: bool
    project_id: int
    pipeline_id: int


@dataclass(frozen=True, slots=True)
class JobTokenScopeRow:
    """What a project says of another one's job tokens; `restricted` is None when it says nothing.

    The paths are the last parts of those of the job's project and of the project that it asks.
    """

    restricted: bool | None
    source_path: str
    target_path: str
    listed: bool


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project, and a user's roles in it: its own, and the highest that its groups give."""

    id: int
    group_id: int
    visibility: int
    package_access: int
    own_level: int | None
    group_level: int | None


@dataclass(frozen=True, slots=True)
class TermsRow:
    """On which terms a project takes packages: its own limit if it has one, and whether it has protection rules."""

    maximum_file_bytes: int | None
    protects: bool


@dataclass(frozen=True, slots=True)
class PackageFileRow:
    """A file row, or one that is to be written (with the id 0)."""

    id: int
    package_id: int
    project_id: int
    file_name: str
    size: int
    sha256: bytes
    md5: bytes | None
    sha1: bytes | None
    created_at: int


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file row with its package's status, and its content if that was asked for and is kept in the metadata."""

    content: bytes | None
    package_status: int
    row: PackageFileRow


class HotPaths:
    """The statements, on one database connection."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def access_token(self, digest: bytes) -> AccessTokenRow | None:
        """Find an access token by the digest of its secret."""
        row = self._database.one(_ACCESS_TOKEN, (digest,))
        return None if row is None else AccessTokenRow(*row)

    def deploy_token(self, digest: bytes) -> DeployTokenRow | None:
        """Find a deploy token by the digest of its secret."""
        row = self._database.one(_DEPLOY_TOKEN, (digest,))
        return None if row is None else DeployTokenRow(*row)

    def running_job(self, digest: bytes) -> RunningJobRow | None:
        """Find a job that runs by the digest of its token."""
        row = self._database.one(_RUNNING_JOB, (digest,))
        return None if row is None else RunningJobRow(*row)

    def project(self, reference: str, user_id: int | None) -> ProjectRow | None:
        """Find a project by its id in decimal or its full path, with the roles that the user has now."""
        parameters: dict[str, object] = {"project": reference, "user": user_id, "now": clock.now()}
        if not (reference.isascii() and reference.isdigit()):
            row = self._database.one(_PROJECT_BY_PATH, parameters)
        elif len(reference) <= _HIGHEST_ID_DIGITS:
            row = self._database.one(_PROJECT_BY_ID, parameters | {"project": int(reference)})
        else:
            return None
        return None if row is None else ProjectRow(*row)

    def projects_of_group(self, group_id: int, user_id: int | None, *, with_subgroups: bool) -> list[ProjectRow]:
        """Give the projects of a group, on request with those of the groups below, with the user's roles."""
        statement = _PROJECTS_BELOW_GROUP if with_subgroups else _PROJECTS_OF_GROUP
        values = {"group": group_id, "user": user_id, "now": clock.now()}
        return [ProjectRow(*row) for row in self._database.run(statement, values)]

    def is_below(self, group_id: int, ancestor_id: int) -> bool:
        """Say whether a group is the other or lies below it."""
        return self._database.one(_IS_BELOW, (group_id, ancestor_id)) is not None

    def job_token_scope(self, source_id: int, target_id: int) -> JobTokenScopeRow | None:
        """Say what the project `target_id` says of the job tokens of `source_id`; None when either is gone."""
        row = self._database.one(_JOB_TOKEN_SCOPE, (source_id, target_id))
        return None if row is None else JobTokenScopeRow(*row)

    def terms(self, project_id: int) -> TermsRow:
        """Give the terms on which a project takes packages."""
        row = self._database.one(_TERMS, {"project": project_id})
        return TermsRow(None, protects=False) if row is None else TermsRow(row[0], bool(row[1]))

    def settings(self, group_id: int) -> tuple[bool, str] | None:
        """Give duplicates_allowed and the exception regex of the nearest group that has settings."""
        row = self._database.one(_SETTINGS, (group_id,))
        return None if row is None else (bool(row[0]), row[1])

    def package(self, project_id: int, name: str, version: str) -> tuple[int, int] | None:
        """Find a package's id and status."""
        row = self._database.one(_PACKAGE, (project_id, name, version))
        return None if row is None else (row[0], row[1])

    def file_exists(self, package_id: int, file_name: str) -> bool:
        """Say whether a package has a file of this name."""
        return self._database.one(_FILE_EXISTS, (package_id, file_name)) is not None

    def newest_file(
        self, project_id: int, name: str, version: str, file_name: str, *, with_content: bool
    ) -> FoundFile | None:
        """Find the newest file of these coordinates, on request with its content if that is kept in the metadata."""
        statement = _NEWEST_CONTENT if with_content else _NEWEST_RECORD
        row = self._database.one(statement, (project_id, name, version, file_name))
        return None if row is None else FoundFile(row[0], row[1], PackageFileRow(*row[2:]))

    def file_by_id(self, project_id: int, package_id: int, file_id: int) -> FoundFile | None:
        """Find a file row of a package of a project, with its content if that is kept in the metadata."""
        row = self._database.one(_FILE_BY_ID, (file_id, package_id, project_id))
        return None if row is None else FoundFile(row[0], row[1], PackageFileRow(*row[2:]))

    def blob_exists(self, sha256: bytes) -> bool:
        """Say whether content is kept, in the metadata or on the volume."""
        return self._database.one(_BLOB_EXISTS, (sha256,)) is not None

    def insert_package(self, project_id: int, name: str, version: str, status: int, created_at: int) -> int:
        """Write a package and give its id. The project must exist."""
        return self._insert(_INSERT_PACKAGE, (project_id, name, version, status, created_at))

    def update_status(self, package_id: int, status: int) -> None:
        """Change a package's status."""
        self._database.run(_UPDATE_STATUS, (status, package_id))

    def insert_blob(self, sha256: bytes, size: int, content: bytes | None) -> None:
        """Record content, unless it is recorded; None for a file on the volume."""
        self._database.run(_INSERT_BLOB, (sha256, size, content))

    def insert_file(self, file: PackageFileRow, pipeline_id: int | None) -> int:
        """Write a file row and give its id; `pipeline_id` is that of the job that publishes it, if any."""
        values = (file.package_id, file.file_name, file.sha256, file.size, file.md5, file.sha1, file.created_at)
        if pipeline_id is not None:
            self._database.run(_INSERT_PIPELINE, (file.package_id, pipeline_id))
        return self._insert(_INSERT_FILE, (*values, pipeline_id))

    def _insert(self, statement: str, values: tuple[object, ...]) -> int:
        """Insert a row and give its id."""
        row_id = self._database.run(statement, values).lastrowid
        if row_id is None:
            raise AssertionError("an INSERT of one row has an id")
        return row_id
