"""Packages with their files and content, and what projects and groups allow of them."""

from __future__ import annotations

from peewee import AutoField, BlobField, BooleanField, CompositeKey, IntegerField, TextField

from reference_server.storage.metadata.models.record import Record


class PackageSettings(Record):
    """A group's package settings."""

    group_id = IntegerField(primary_key=True)
    duplicates_allowed = BooleanField()
    duplicate_exception_regex = TextField()


class Package(Record):
    """All files of one name and version in a project."""

    id = AutoField()
    project_id = IntegerField()
    name = TextField()
    version = TextField()
    status = IntegerField()
    created_at = IntegerField()
    last_downloaded_at = IntegerField(null=True)


class Blob(Record):
    """Content, named by its SHA-256; `content` is null when it is a file on the volume."""

    sha256 = BlobField(primary_key=True)
    size = IntegerField()
    content = BlobField(null=True)


class PackageFile(Record):
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


class PackagePipeline(Record):
    """A pipeline whose jobs published files of a package."""

    package_id = IntegerField()
    pipeline_id = IntegerField()

    class Meta:
        primary_key = CompositeKey("package_id", "pipeline_id")


class PackageLimits(Record):
    """What a project takes, where that is not what the registry takes."""

    project_id = IntegerField(primary_key=True)
    maximum_file_bytes = IntegerField()


class ProtectionRule(Record):
    """A project's rule about who may publish and delete packages of certain names."""

    id = AutoField()
    project_id = IntegerField()
    package_type = TextField()
    name_pattern = TextField()
    push_level = IntegerField(null=True)
    delete_level = IntegerField(null=True)
