"""What a check may ask of a target: its projects, and a credential for each role."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

from conformance.transport.answer import Answer
from conformance.transport.request import Headers


class Unavailable(Exception):  # noqa: N818 - a fact about the target, not an error of the suite
    """Something that a check needs is not there; the message is the reason and makes the requirement untestable."""


class Visibility(StrEnum):
    """Who may see a project."""

    PUBLIC = "public"
    PRIVATE = "private"


class Role(StrEnum):
    """Whom a credential stands for, seen from the project under test.

    Guest, reporter and developer are members with an access token of scope api; read-api is a developer whose token
    has read_api alone. The deploy tokens belong to the project. An outsider is a valid user who is no member, a
    deploy-elsewhere is a deploy token of another project.
    """

    GUEST = "guest"
    REPORTER = "reporter"
    DEVELOPER = "developer"
    READ_API = "read-api"
    OUTSIDER = "outsider"
    DEPLOY_READ = "deploy-read"
    DEPLOY_WRITE = "deploy-write"
    DEPLOY_BOTH = "deploy-both"
    DEPLOY_ELSEWHERE = "deploy-elsewhere"

    @property
    def is_deploy_token(self) -> bool:
        """Whether the role is that of a deploy token."""
        return self.value.startswith("deploy")


class Carriage(StrEnum):
    """How a credential travels in a request."""

    PRIVATE_TOKEN = "PRIVATE-TOKEN"  # noqa: S105 - a header's name
    DEPLOY_TOKEN = "DEPLOY-TOKEN"  # noqa: S105 - a header's name
    BASIC = "Basic"


@dataclass(frozen=True, slots=True)
class Credential:
    """A token and the way it is carried.

    `variable` stands for the secret in reports; `setting` is the shell command that sets it, where there is one.
    """

    variable: str
    secret: str = field(repr=False)
    carriage: Carriage
    user: str = "conformance"
    setting: str | None = None

    def as_basic(self, user: str = "conformance") -> "Credential":
        """Return the same token, carried as the password of Basic."""
        return replace(self, carriage=Carriage.BASIC, user=user)

    def headers(self) -> Headers:
        """Return the request headers that carry the token."""
        if self.carriage is Carriage.BASIC:
            pair = base64.b64encode(f"{self.user}:{self.secret}".encode()).decode()
            return (("Authorization", f"Basic {pair}"),)
        return ((self.carriage.value, self.secret),)


@dataclass(frozen=True, slots=True)
class Project:
    """A project of the target; `path` is its full path, with slashes."""

    id: int
    path: str
    visibility: Visibility


@dataclass(frozen=True, slots=True)
class Revocable:
    """A credential that can be revoked, once."""

    credential: Credential
    revoke: Callable[[], Answer]


class Access(Protocol):
    """The projects and credentials of a run. Each method raises Unavailable when the target has no such thing."""

    @property
    def prefix(self) -> str:
        """What the name of every package of this run begins with."""

    @property
    def made(self) -> Sequence[Credential]:
        """The credentials that the run has made so far."""

    @property
    def writer(self) -> Credential:
        """A credential that may publish to and download from every project of the run."""

    def project(self, visibility: Visibility) -> Project:
        """Return the project of that visibility."""

    def credential(self, role: Role, visibility: Visibility) -> Credential:
        """Return the credential of a role towards the project of that visibility."""

    def revocable(self, visibility: Visibility) -> Revocable:
        """Return a developer's credential that nobody else uses."""

    def clean_up(self) -> list[str]:
        """Remove what the run has made; return a sentence for everything that stays behind."""
