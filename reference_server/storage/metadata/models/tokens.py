"""Tokens, by the digests of their secrets."""

from __future__ import annotations

from peewee import AutoField, BlobField, BooleanField, IntegerField, TextField

from reference_server.storage.metadata.models.record import Record


class Token(Record):
    """What every token has; a table of its own for each kind."""

    id = AutoField()
    project_id = IntegerField(null=True)
    group_id = IntegerField(null=True)
    name = TextField()
    digest = BlobField()
    scopes = TextField()
    expires_at = IntegerField(null=True)
    revoked = BooleanField()
    created_at = IntegerField()


class AccessToken(Token):
    """An access token of a person, a project or a group."""

    user_id = IntegerField()
    last_used_at = IntegerField(null=True)
    rotated_from = IntegerField(null=True)


class DeployToken(Token):
    """A deploy token of a project or a group."""

    username = TextField()
