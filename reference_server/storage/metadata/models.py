"""The tables as peewee models, for queries off the hot paths. migrations.py makes the tables, never these.

The models are bound to no database: a query names the database that it runs on, `query.execute(database)`.
"""

from __future__ import annotations

from peewee import AutoField, BlobField, BooleanField, CompositeKey, IntegerField, Model, TextField


class User(Model):
    """A person or a bot."""

    id = AutoField()
    username = TextField()
    name = TextField()
    administrator = BooleanField()
    bot = BooleanField()
    created_at = IntegerField()
    email = TextField(default="")
    blocked = BooleanField(default=False)

    class Meta:
        """Where it is kept."""

        table_name = "users"


class Group(Model):
    """A group of projects and groups."""

    id = AutoField()
    parent_id = IntegerField(null=True)
    name = TextField()
    path = TextField()
    full_path = TextField()
    visibility = IntegerField()
    created_at = IntegerField()

    class Meta:
        """Where it is kept."""

        table_name = "groups"


class GroupAncestor(Model):
    """A group (distance 0), or a group above it."""

    group_id = IntegerField()
    ancestor_id = IntegerField()
    distance = IntegerField()

    class Meta:
        """Where it is kept."""

        table_name = "group_ancestors"
        primary_key = CompositeKey("group_id", "ancestor_id")


class Project(Model):
    """A project of a group."""

    id = AutoField()
    group_id = IntegerField()
    name = TextField()
    path = TextField()
    full_path = TextField()
    visibility = IntegerField()
    created_at = IntegerField()
    package_access = IntegerField(default=3)
    job_tokens_restricted = BooleanField(null=True)

    class Meta:
        """Where it is kept."""

        table_name = "projects"


class GroupMember(Model):
    """A user's role in a group."""

    group_id = IntegerField()
    user_id = IntegerField()
    access_level = IntegerField()
    expires_at = IntegerField(null=True)
    created_at = IntegerField()

    class Meta:
        """Where it is kept."""

        table_name = "group_members"
        primary_key = CompositeKey("group_id", "user_id")


class ProjectMember(Model):
    """A user's role in a project."""

    project_id = IntegerField()
    user_id = IntegerField()
    access_level = IntegerField()
    expires_at = IntegerField(null=True)
    created_at = IntegerField()

    class Meta:
        """Where it is kept."""

        table_name = "project_members"
        primary_key = CompositeKey("project_id", "user_id")


class AccessToken(Model):
    """An access token of a person, a project or a group."""

    id = AutoField()
    user_id = IntegerField()
    project_id = IntegerField(null=True)
    group_id = IntegerField(null=True)
    name = TextField()
    digest = BlobField()
    scopes = TextField()
    expires_at = IntegerField(null=True)
    revoked = BooleanField()
    created_at = IntegerField()

    class Meta:
        """Where it is kept."""

        table_name = "access_tokens"


class DeployToken(Model):
    """A deploy token of a project or a group."""

    id = AutoField()
    project_id = IntegerField(null=True)
    group_id = IntegerField(null=True)
    name = TextField()
    username = TextField()
    digest = BlobField()
    scopes = TextField()
    expires_at = IntegerField(null=True)
    revoked = BooleanField()
    created_at = IntegerField()

    class Meta:
        """Where it is kept."""

        table_name = "deploy_tokens"


class Runner(Model):
    """A runner of an instance, a group or a project."""

    id = AutoField()
    type = IntegerField()
    group_id = IntegerField(null=True)
    project_id = IntegerField(null=True)
    description = TextField()
    digest = BlobField()
    created_at = IntegerField()

    class Meta:
        """Where it is kept."""

        table_name = "runners"


class Pipeline(Model):
    """A pipeline, which has one job."""

    id = AutoField()
    iid = IntegerField()
    project_id = IntegerField()
    user_id = IntegerField(null=True)
    ref = TextField()
    created_at = IntegerField()

    class Meta:
        """Where it is kept."""

        table_name = "pipelines"


class Job(Model):
    """The job of a pipeline."""

    id = AutoField()
    pipeline_id = IntegerField()
    runner_id = IntegerField(null=True)
    status = IntegerField()
    digest = BlobField(null=True)
    created_at = IntegerField()
    started_at = IntegerField(null=True)
    finished_at = IntegerField(null=True)

    class Meta:
        """Where it is kept."""

        table_name = "jobs"


class JobTokenAllowance(Model):
    """A project whose job tokens another project lets in."""

    project_id = IntegerField()
    source_id = IntegerField()

    class Meta:
        """Where it is kept."""

        table_name = "job_token_allowlist"
        primary_key = CompositeKey("project_id", "source_id")


class PackageSettings(Model):
    """A group's package settings."""

    group_id = IntegerField(primary_key=True)
    duplicates_allowed = BooleanField()
    duplicate_exception_regex = TextField()

    class Meta:
        """Where it is kept."""

        table_name = "package_settings"


class Package(Model):
    """All files of one name and version in a project."""

    id = AutoField()
    project_id = IntegerField()
    name = TextField()
    version = TextField()
    status = IntegerField()
    created_at = IntegerField()
    last_downloaded_at = IntegerField(null=True)

    class Meta:
        """Where it is kept."""

        table_name = "packages"


class Blob(Model):
    """Content, named by its SHA-256; `content` is null when it is a file on the volume."""

    sha256 = BlobField(primary_key=True)
    size = IntegerField()
    content = BlobField(null=True)

    class Meta:
        """Where it is kept."""

        table_name = "blobs"


class PackageFile(Model):
    """A file as it was published once."""

    id = AutoField()
    package_id = IntegerField()
    file_name = TextField()
    sha256 = BlobField()
    size = IntegerField()
    md5 = BlobField(null=True)
    sha1 = BlobField(null=True)
    created_at = IntegerField()
    pipeline_id = IntegerField(null=True)

    class Meta:
        """Where it is kept."""

        table_name = "package_files"


class PackagePipeline(Model):
    """A pipeline whose jobs published files of a package."""

    package_id = IntegerField()
    pipeline_id = IntegerField()

    class Meta:
        """Where it is kept."""

        table_name = "package_pipelines"
        primary_key = CompositeKey("package_id", "pipeline_id")


class PackageLimits(Model):
    """What a project takes, where that is not what the registry takes."""

    project_id = IntegerField(primary_key=True)
    maximum_file_bytes = IntegerField()

    class Meta:
        """Where it is kept."""

        table_name = "package_limits"


class ProtectionRule(Model):
    """A project's rule about who may publish and delete packages of certain names."""

    id = AutoField()
    project_id = IntegerField()
    package_type = TextField()
    name_pattern = TextField()
    push_level = IntegerField(null=True)
    delete_level = IntegerField(null=True)

    class Meta:
        """Where it is kept."""

        table_name = "protection_rules"


MODELS: tuple[type[Model], ...] = (
    User,
    Group,
    GroupAncestor,
    Project,
    GroupMember,
    ProjectMember,
    AccessToken,
    DeployToken,
    Runner,
    Pipeline,
    Job,
    JobTokenAllowance,
    PackageSettings,
    Package,
    Blob,
    PackageFile,
    PackagePipeline,
    PackageLimits,
    ProtectionRule,
)
"""Every model, in the order in which their tables refer to each other."""
