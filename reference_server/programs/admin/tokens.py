"""Creating and listing tokens of users, projects and groups."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Sequence

from generic_packages.storage.v1 import tokens_pb2 as pb
from generic_packages.storage.v1.identity_pb2 import ListUsersRequest, Place
from google.protobuf.timestamp_pb2 import Timestamp

from reference_server.programs.admin.output import Row
from reference_server.programs.admin.pages import ROWS, every_row
from reference_server.programs.admin.session import Session
from reference_server.programs.admin.words import ROLE_WORDS, ROLES
from reference_server.programs.refusals import StartRefusedError, UsageRefusedError


async def create_token(session: Session, given: argparse.Namespace) -> list[Row]:
    """Create a token; its row holds the secret. Raises UsageRefusedError, StartRefusedError."""
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
        access_level=None if given.access_level is None else ROLES[given.access_level],
        expires_at=given.expires_at,
    )
    created = await session.ask(session.tokens.CreateAccessToken, request)
    return [{**_access_token(created.access_token), "token": created.secret}]


async def list_tokens(session: Session, given: argparse.Namespace) -> list[Row]:
    """List tokens, the newest first. Raises UsageRefusedError, StartRefusedError."""
    if given.deploy:
        return await _list_deploy_tokens(session, _place(given))
    user_id = None if given.user is None else await _user_named(session, given.user)

    async def read(page: int) -> tuple[Sequence[pb.AccessToken], int]:
        if user_id is None:
            request = pb.ListAccessTokensRequest(
                credentials=session.credentials, place=_place(given), page=page, per_page=ROWS
            )
            answer = await session.ask(session.tokens.ListAccessTokens, request)
            return answer.access_tokens, answer.total
        personal = pb.ListPersonalAccessTokensRequest(
            credentials=session.credentials, user_id=user_id, page=page, per_page=ROWS
        )
        theirs = await session.ask(session.tokens.ListPersonalAccessTokens, personal)
        return theirs.access_tokens, theirs.total

    return [_access_token(token) for token in await every_row(read)]


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


async def _list_deploy_tokens(session: Session, place: Place) -> list[Row]:
    async def read(page: int) -> tuple[Sequence[pb.DeployToken], int]:
        request = pb.ListDeployTokensRequest(credentials=session.credentials, place=place, page=page, per_page=ROWS)
        answer = await session.ask(session.tokens.ListDeployTokens, request)
        return answer.deploy_tokens, answer.total

    return [_deploy_token(token) for token in await every_row(read)]


async def _user_named(session: Session, username: str) -> int:
    """Find a user's id by its username."""
    request = ListUsersRequest(credentials=session.credentials, username=username)
    found = (await session.ask(session.identity.ListUsers, request)).users
    if not found:
        raise StartRefusedError(f"no user is called {username}: see users list")
    return found[0].id


def _place(given: argparse.Namespace) -> Place:
    """Read whose tokens are meant, where a user has none of the kind."""
    if given.user is not None:
        raise UsageRefusedError("a user has no deploy tokens: name a --project or a --group")
    return Place(project=given.project, group=given.group)


def _access_token(token: pb.AccessToken) -> Row:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": list(token.scopes),
        "access_level": ROLE_WORDS[token.access_level] if token.HasField("access_level") else None,
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
    """Read a day. Raises UsageRefusedError."""
    try:
        start = dt.datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=dt.UTC)
    except ValueError:
        raise UsageRefusedError("--expires-at: a day is written YYYY-MM-DD") from None
    instant = Timestamp()
    instant.FromDatetime(start)
    return instant
