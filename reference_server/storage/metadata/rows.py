"""Records of packages and of access, as the repositories read and write them."""

from __future__ import annotations

from dataclasses import dataclass


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
    last_used_at: int | None


@dataclass(frozen=True, slots=True)
class DeployTokenRow:
    """A deploy token."""

    id: int
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
class PackageRow:
    """A package as it is kept; times are milliseconds since 1970."""

    id: int
    project_id: int
    name: str
    version: str
    status: int
    created_at: int
    last_downloaded_at: int | None

    @property
    def type(self) -> int:
        """What orders packages by type: all are generic, so it is their time of creation."""
        return self.created_at


@dataclass(frozen=True, slots=True)
class PackageInGroupRow(PackageRow):
    """A package with the last part of its project's path, which lists of groups may be ordered by."""

    project_path: str


@dataclass(frozen=True, slots=True)
class ProtectionRuleRow:
    """A protection rule; a level is None where the rule does not say."""

    id: int
    project_id: int
    package_type: str
    name_pattern: str
    push_level: int | None
    delete_level: int | None


@dataclass(frozen=True, slots=True)
class BlobRow:
    """Content by its SHA-256; `size` is in bytes, `on_volume` says that its bytes are not in the metadata."""

    sha256: bytes
    size: int
    on_volume: bool


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file row with its package's status, and its content if that was asked for and is kept in the metadata."""

    content: bytes | None
    package_status: int
    row: PackageFileRow
