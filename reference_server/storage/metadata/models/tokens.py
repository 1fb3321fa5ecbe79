"""Tokens, by the digests of their secrets."""

from __future__ import annotations

from peewee import AutoField, BlobField, BooleanField, IntegerField, TextField

from reference_server.storage.metadata.models.record import Record


class AccessToken(Record):
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


class DeployToken(Record):
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
