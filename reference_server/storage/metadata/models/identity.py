"""Users, groups and projects, and who has which role in them."""

from __future__ import annotations

from peewee import AutoField, BooleanField, CompositeKey, IntegerField, TextField

from reference_server.storage.metadata.models.record import Record


class User(Record):
    """A person or a bot."""

    id = AutoField()
    username = TextField()
    name = TextField()
    administrator = BooleanField()
    bot = BooleanField()
    created_at = IntegerField()
    email = TextField(default="")
    blocked = BooleanField(default=False)


class Group(Record):
    """A group of projects and groups."""

    id = AutoField()
    parent_id = IntegerField(null=True)
    name = TextField()
    path = TextField()
    full_path = TextField()
    visibility = IntegerField()
    created_at = IntegerField()


class GroupAncestor(Record):
    """A group (distance 0), or a group above it."""

    group_id = IntegerField()
    ancestor_id = IntegerField()
    distance = IntegerField()

    class Meta:
        primary_key = CompositeKey("group_id", "ancestor_id")


class Project(Record):
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


class Member(Record):
    """What every role has; a table of its own for each kind of resource."""

    user_id = IntegerField()
    access_level = IntegerField()
    expires_at = IntegerField(null=True)
    created_at = IntegerField()


class GroupMember(Member):
    """A user's role in a group."""

    group_id = IntegerField()

    class Meta:
        primary_key = CompositeKey("group_id", "user_id")


class ProjectMember(Member):
    """A user's role in a project."""

    project_id = IntegerField()

    class Meta:
        primary_key = CompositeKey("project_id", "user_id")
