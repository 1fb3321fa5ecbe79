"""Users, groups, projects, members and tokens as the contract's messages."""

from __future__ import annotations

from generic_packages.storage.v1 import identity_pb2 as pb
from generic_packages.storage.v1 import members_pb2, tokens_pb2
from google.protobuf.timestamp_pb2 import Timestamp

from reference_server.storage.access.callers import UserCaller
from reference_server.storage.identity.formats import day_of
from reference_server.storage.identity.resources import ResourceReference
from reference_server.storage.identity.users import may_know_email
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.models import DeployToken, Group, Project, User
from reference_server.storage.metadata.repositories.members import MemberRecord
from reference_server.storage.metadata.repositories.projects import ProjectRecord
from reference_server.storage.metadata.repositories.tokens import AccessTokenRecord
from reference_server.storage.service import messages


def resource(message: pb.Place) -> ResourceReference:
    return messages.read(ResourceReference, message)


def user(value: User, caller: UserCaller | None = None) -> pb.User:
    """Write a user as a caller, or as everyone, may see it."""
    return pb.User(
        id=value.id,
        username=value.username,
        name=value.name,
        administrator=value.administrator,
        bot=value.bot,
        created_at=messages.timestamp(value.created_at),
        state=pb.USER_STATE_BLOCKED if value.blocked else pb.USER_STATE_ACTIVE,
        email=value.email if caller is not None and may_know_email(caller, value) else "",
    )


def group(value: Group) -> pb.Group:
    return pb.Group(
        id=value.id,
        name=value.name,
        path=value.path,
        full_path=value.full_path,
        parent_id=value.parent_id,
        visibility=pb.Visibility.ValueType(value.visibility),
        created_at=messages.timestamp(value.created_at),
        marked_for_deletion_at=_marked_at(value),
    )


def project(record: ProjectRecord) -> pb.Project:
    """Write a project with its group and the caller's roles."""
    value = record.project
    return pb.Project(
        id=value.id,
        name=value.name,
        path=value.path,
        full_path=value.full_path,
        group=group(record.group),
        visibility=pb.Visibility.ValueType(value.visibility),
        created_at=messages.timestamp(value.created_at),
        caller_project_access_level=record.own_level,
        caller_group_access_level=record.group_level,
        package_registry_access_level=pb.PackageRegistryAccessLevel.ValueType(value.package_access),
        marked_for_deletion_at=_marked_at(value),
    )


def _marked_at(value: Group | Project) -> Timestamp | None:
    return None if value.marked_for_deletion_at is None else messages.timestamp(value.marked_for_deletion_at)


def member(record: MemberRecord) -> members_pb2.Member:
    return members_pb2.Member(
        user=user(record.user),
        access_level=record.access_level,
        expires_at=None if record.expires_at is None else day_of(record.expires_at),
        created_at=messages.timestamp(record.created_at),
    )


def access_token(token: AccessTokenRecord, last_used_at: int | None) -> tokens_pb2.AccessToken:
    return tokens_pb2.AccessToken(
        id=token.id,
        name=token.name,
        scopes=token.scopes.split(),
        user_id=token.user_id,
        access_level=token.access_level,
        expires_at=None if token.expires_at is None else day_of(token.expires_at),
        revoked=token.revoked,
        created_at=messages.timestamp(token.created_at),
        active=token.active,
        last_used_at=None if last_used_at is None else messages.timestamp(last_used_at),
    )


def deploy_token(token: DeployToken) -> tokens_pb2.DeployToken:
    return tokens_pb2.DeployToken(
        id=token.id,
        name=token.name,
        username=token.username,
        scopes=token.scopes.split(),
        expires_at=None if token.expires_at is None else messages.timestamp(token.expires_at),
        revoked=token.revoked,
        expired=token.expires_at is not None and token.expires_at <= clock.now(),
    )
