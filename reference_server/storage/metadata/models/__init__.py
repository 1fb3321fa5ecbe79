"""The tables as peewee models, for queries off the hot paths. Migrations make the tables, never these."""

from __future__ import annotations

from reference_server.storage.metadata.models.ci import Job, JobTokenAllowance, Pipeline, RegistrationToken, Runner
from reference_server.storage.metadata.models.identity import (
    Group,
    GroupAncestor,
    GroupMember,
    Project,
    ProjectMember,
    User,
)
from reference_server.storage.metadata.models.packages import (
    Blob,
    Package,
    PackageFile,
    PackageLimits,
    PackagePipeline,
    PackageSettings,
    ProtectionRule,
)
from reference_server.storage.metadata.models.record import Record
from reference_server.storage.metadata.models.tokens import AccessToken, DeployToken

__all__ = [
    "AccessToken",
    "Blob",
    "DeployToken",
    "Group",
    "GroupAncestor",
    "GroupMember",
    "Job",
    "JobTokenAllowance",
    "Package",
    "PackageFile",
    "PackageLimits",
    "PackagePipeline",
    "PackageSettings",
    "Pipeline",
    "Project",
    "ProjectMember",
    "ProtectionRule",
    "Record",
    "RegistrationToken",
    "Runner",
    "User",
]
