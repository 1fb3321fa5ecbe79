"""Access tokens of users, projects and groups, and deploy tokens of projects and groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from peewee import JOIN, Case, Expression, ModelSelect

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import AccessToken, DeployToken, GroupMember, ProjectMember
from reference_server.storage.metadata.pagination import Page, PageRequest, read_numbered_page
from reference_server.storage.metadata.repositories.resources import ResourceKey, belongs_to
from reference_server.storage.metadata.repositories.text_search import any_contains


@dataclass(frozen=True, slots=True)
class AccessTokenRecord:
    """An access token and its bot's role; None for a personal one, and for a bot that has none any more."""

    id: int
    user_id: int
    project_id: int | None
    group_id: int | None
    name: str
    scopes: str
    expires_at: int | None
    revoked: bool
    created_at: int
    last_used_at: int | None
    access_level: int | None

    @property
    def active(self) -> bool:
        """Return whether the token is good."""
        return not self.revoked and (self.expires_at is None or self.expires_at > clock.now())


@dataclass(frozen=True, slots=True)
class NewToken:
    """What is kept of a new token of any kind; `scopes` are separated by spaces, `expires_at` is None for never."""

    name: str
    digest: bytes
    scopes: str
    expires_at: int | None


@dataclass(frozen=True, slots=True)
class AccessTokenFilter:
    """Which access tokens to list; None for any."""

    active: bool | None = None
    search: str | None = None
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class AccessTokenRepository:
    """Access tokens over one connection. Personal tokens belong to no resource."""

    database: Database

    def get(self, token_id: int, resource: ResourceKey) -> AccessTokenRecord:
        """Return a token of a resource, or a personal one. Raise TOKEN_NOT_FOUND."""
        return self._get(belongs_to(resource, AccessToken) & (AccessToken.id == token_id))

    def get_presented(self, token_id: int | None) -> AccessTokenRecord:
        """Return a token, whosever it is. Raise TOKEN_NOT_FOUND."""
        return self._get(AccessToken.id == token_id)

    def list(self, resource: ResourceKey, wanted: AccessTokenFilter, request: PageRequest) -> Page[AccessTokenRecord]:
        """Return a page of the tokens of a resource, or of personal ones, by falling id."""
        query = _select_access_tokens().where(belongs_to(resource, AccessToken)).order_by(AccessToken.id.desc())
        if wanted.active is not None:
            good = (AccessToken.revoked == False) & _unexpired(AccessToken)  # noqa: E712 -- a column
            query = query.where(good if wanted.active else ~good)
        if wanted.search:
            query = query.where(any_contains(wanted.search, AccessToken.name))
        if wanted.user_id is not None:
            query = query.where(AccessToken.user_id == wanted.user_id)
        return read_numbered_page(self.database, query, request)

    def add(self, resource: ResourceKey, user_id: int, new: NewToken) -> AccessTokenRecord:
        """Add a token that acts as a user and return it."""
        return self.get_presented(self.database.change(AccessToken.insert(user_id=user_id, **_columns(resource, new))))

    def replace(self, token: AccessTokenRecord, digest: bytes, expires_at: int | None) -> AccessTokenRecord:
        """Revoke a token, and add and return one with its name and scopes for its user."""
        self.revoke(token.id)
        new = NewToken(token.name, digest, token.scopes, expires_at)
        added = self.add(ResourceKey(token.project_id, token.group_id), token.user_id, new)
        self.database.change(AccessToken.update(rotated_from=token.id).where(AccessToken.id == added.id))
        return added

    def newest_successor(self, digest: bytes) -> AccessTokenRecord | None:
        """Return the last of the tokens that replaced the one of this digest, one after another; None for none."""
        token_id = self._id(AccessToken.digest == digest)
        newest = None
        while token_id is not None:
            token_id = self._id(AccessToken.rotated_from == token_id)
            newest = newest if token_id is None else token_id
        return None if newest is None else self.get_presented(newest)

    def note_uses(self, used_at: Mapping[int, int]) -> None:
        """Write when tokens were last used, by their ids."""
        for token_id, time in used_at.items():
            self.database.change(AccessToken.update(last_used_at=time).where(AccessToken.id == token_id))

    def revoke(self, token_id: int) -> None:
        """Revoke a token, for good."""
        self.database.change(AccessToken.update(revoked=True).where(AccessToken.id == token_id))

    def is_named(self, digest: bytes, name: str) -> bool:
        """Return whether there is a token of this digest and name that was not revoked."""
        which = (AccessToken.digest == digest) & (AccessToken.name == name) & ~AccessToken.revoked
        return self.database.exists(AccessToken.select().where(which))

    def delete_named(self, user_id: int, name: str) -> None:
        """Delete a user's tokens of one name."""
        self.database.change(AccessToken.delete().where((AccessToken.user_id == user_id) & (AccessToken.name == name)))

    def _id(self, which: Expression) -> int | None:
        found = self.database.first(AccessToken.select(AccessToken.id).where(which))
        return None if found is None else int(found.id)

    def _get(self, which: Expression) -> AccessTokenRecord:
        missing = Failure(Reason.TOKEN_NOT_FOUND, "no such access token")
        return self.database.get(AccessTokenRecord, _select_access_tokens().where(which), missing)


@dataclass(frozen=True, slots=True)
class DeployTokenRepository:
    """Deploy tokens over one connection. Revoked ones are kept and never shown."""

    database: Database

    def get(self, token_id: int, resource: ResourceKey) -> DeployToken:
        """Return a token of a resource. Raise TOKEN_NOT_FOUND, also for one that was revoked."""
        which = belongs_to(resource, DeployToken) & (DeployToken.id == token_id)
        missing = Failure(Reason.TOKEN_NOT_FOUND, "no such deploy token")
        return self.database.get(DeployToken, _unrevoked_deploy_tokens().where(which), missing)

    def list(self, resource: ResourceKey | None, request: PageRequest, *, active_only: bool) -> Page[DeployToken]:
        """Return a page of the tokens of a resource, or of all, by falling id."""
        query = _unrevoked_deploy_tokens().order_by(DeployToken.id.desc())
        if resource is not None:
            query = query.where(belongs_to(resource, DeployToken))
        if active_only:
            query = query.where(_unexpired(DeployToken))
        return read_numbered_page(self.database, query, request)

    def add(self, resource: ResourceKey, username: str, new: NewToken) -> DeployToken:
        """Add a token and return it, with a user name made of its id when it is given none."""
        token_id = self.database.change(DeployToken.insert(username=username, **_columns(resource, new)))
        if not username:
            named = DeployToken.update(username=f"gitlab+deploy-token-{token_id}")
            self.database.change(named.where(DeployToken.id == token_id))
        return self.get(token_id, resource)

    def revoke(self, token_id: int, resource: ResourceKey) -> None:
        """Revoke a token of a resource, for good. Raise TOKEN_NOT_FOUND, also for one that was revoked."""
        token = self.get(token_id, resource)
        self.database.change(DeployToken.update(revoked=True).where(DeployToken.id == token.id))


def _columns(resource: ResourceKey, new: NewToken) -> dict[str, object]:
    return {**asdict(resource), **asdict(new), "revoked": False, "created_at": clock.now()}


def _select_access_tokens() -> ModelSelect[Any]:
    """Select access tokens, each with its bot's role as `access_level`."""
    in_project = (ProjectMember.user_id == AccessToken.user_id) & (ProjectMember.project_id == AccessToken.project_id)
    in_group = (GroupMember.user_id == AccessToken.user_id) & (GroupMember.group_id == AccessToken.group_id)
    role = Case(None, [(AccessToken.project_id.is_null(), GroupMember.access_level)], ProjectMember.access_level)
    names = [name for name in AccessTokenRecord.__slots__ if name != "access_level"]
    return (
        AccessToken.select(*(getattr(AccessToken, name) for name in names), role.alias("access_level"))
        .join(ProjectMember, JOIN.LEFT_OUTER, on=in_project)
        .switch(AccessToken)
        .join(GroupMember, JOIN.LEFT_OUTER, on=in_group)
        .objects(AccessTokenRecord)
    )


def _unrevoked_deploy_tokens() -> ModelSelect[DeployToken]:
    return DeployToken.select().where(DeployToken.revoked == False)  # noqa: E712 -- a column


def _unexpired(model: type[AccessToken | DeployToken]) -> Expression:
    return model.expires_at.is_null() | (model.expires_at > clock.now())
