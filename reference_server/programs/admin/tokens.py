"""Creating and listing tokens of users, projects and groups."""

from __future__ import annotations

import argparse
import datetime as dt
from typing import Any

from generic_packages.storage.v1 import tokens_pb2 as pb
from generic_packages.storage.v1.identity_pb2 import ListUsersRequest, Place
from google.protobuf.timestamp_pb2 import Timestamp

from reference_server.programs.admin.output import Row
from reference_server.programs.admin.session import Session
from reference_server.programs.refusals import StartRefusedError, UsageRefusedError
from reference_server.storage.rules.roles import Role


async def create_token(session: Session, given: argparse.Namespace) -> list[Row]:
    """Create a token; its row holds the secret. Raise UsageRefusedError, StartRefusedError."""
    if given.access_level is not None and (given.deploy or given.user is not None):
        raise UsageRefusedError("--access-level is for the access token of a project or group alone")
    if given.deploy:
        return [await _create_deploy_token(session, given)]
    if given.user is not None:
        return [await _create_personal_token(session, given)]
    request = pb.CreateAccessTokenRequest(
        credentials=session.credentials,
        place=_place(given),
        name=given.name,
        scopes=given.scopes,
        access_level=None if given.access_level is None else Role[given.access_level.upper()],
        expires_at=given.expires_at,
    )
    created = await session.ask(session.tokens.CreateAccessToken, request)
    return [{**_access_token(created.access_token), "token": created.secret}]


async def list_tokens(session: Session, given: argparse.Namespace) -> list[Row]:
    """List tokens, the newest first. Raise UsageRefusedError, StartRefusedError."""
    if given.deploy:
        deploy = pb.ListDeployTokensRequest(credentials=session.credentials, place=_place(given))
        deployed = await session.read_all(session.tokens.ListDeployTokens, deploy, lambda found: found.deploy_tokens)
        return [_deploy_token(token) for token in deployed]
    request: Any = pb.ListAccessTokensRequest(credentials=session.credentials)
    method: Any = session.tokens.ListAccessTokens
    if given.user is None:
        request.place.CopyFrom(_place(given))
    else:
        user_id = await _user_named(session, given.user)
        request = pb.ListPersonalAccessTokensRequest(credentials=session.credentials, user_id=user_id)
        method = session.tokens.ListPersonalAccessTokens
    found = await session.read_all(method, request, lambda response: response.access_tokens)
    return [_access_token(token) for token in found]


async def _create_personal_token(session: Session, given: argparse.Namespace) -> Row:
    request = pb.CreatePersonalAccessTokenRequest(
        credentials=session.credentials,
        user_id=await _user_named(session, given.user),
        name=given.name,
        scopes=given.scopes,
        expires_at=given.expires_at,
    )
    created = await session.ask(session.tokens.CreatePersonalAccessToken, request)
    return {**_access_token(created.access_token), "token": created.secret}


async def _create_deploy_token(session: Session, given: argparse.Namespace) -> Row:
    request = pb.CreateDeployTokenRequest(
        credentials=session.credentials,
        place=_place(given),
        name=given.name,
        scopes=given.scopes,
        expires_at=None if given.expires_at is None else _start_of_day(given.expires_at),
    )
    created = await session.ask(session.tokens.CreateDeployToken, request)
    return {**_deploy_token(created.deploy_token), "token": created.secret}


async def _user_named(session: Session, username: str) -> int:
    """Return the id of the user of this name. Raise StartRefusedError."""
    request = ListUsersRequest(credentials=session.credentials, username=username)
    found = (await session.ask(session.identity.ListUsers, request)).users
    if not found:
        raise StartRefusedError(f"no user is called {username}: see users list")
    return found[0].id


def _place(given: argparse.Namespace) -> Place:
    """Return whose tokens are meant. Raise UsageRefusedError for a user, which has none of the kind."""
    if given.user is not None:
        raise UsageRefusedError("a user has no deploy tokens: name a --project or a --group")
    return Place(project=given.project, group=given.group)


def _access_token(token: pb.AccessToken) -> Row:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": list(token.scopes),
        "access_level": Role(token.access_level).name.lower() if token.HasField("access_level") else None,
        "expires_at": token.expires_at if token.HasField("expires_at") else None,
        "active": token.active,
    }


def _deploy_token(token: pb.DeployToken) -> Row:
    expires_at = token.expires_at.ToDatetime(dt.UTC).date().isoformat() if token.HasField("expires_at") else None
    return {
        "id": token.id,
        "name": token.name,
        "username": token.username,
        "scopes": list(token.scopes),
        "expires_at": expires_at,
        "active": not (token.revoked or token.expired),
    }


def _start_of_day(day: str) -> Timestamp:
    """Return the start of a day. Raise UsageRefusedError."""
    try:
        start = dt.datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=dt.UTC)
    except ValueError:
        raise UsageRefusedError("--expires-at: a day is written YYYY-MM-DD") from None
    instant = Timestamp()
    instant.FromDatetime(start)
    return instant
