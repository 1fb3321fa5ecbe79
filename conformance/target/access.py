"""What a check may ask of a target: its projects, and a credential for each actor."""

import base64
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from urllib.parse import quote

from conformance.transport.request import Headers
from conformance.transport.response import Response


class Unavailable(Exception):  # noqa: N818 - a fact about the target, not an error of the suite
    """Something that a check needs is not there; the message is the reason and makes the requirement untestable."""


class NotApplicable(Exception):  # noqa: N818 - a fact about the target, not an error of the suite
    """What a requirement is about does not come up on this target, lawfully; the message is the reason."""


class Visibility(StrEnum):
    """Who may see a project."""

    PUBLIC = "public"
    PRIVATE = "private"


class AuthenticationScheme(StrEnum):
    """How a credential travels in a request: in the header of this name, in Authorization, or in the query."""

    PRIVATE_TOKEN = "PRIVATE-TOKEN"  # noqa: S105 - a header's name
    DEPLOY_TOKEN = "DEPLOY-TOKEN"  # noqa: S105 - a header's name
    JOB_TOKEN = "JOB-TOKEN"  # noqa: S105 - a header's name
    BASIC = "Basic"
    BEARER = "Bearer"
    PRIVATE_TOKEN_PARAMETER = "private_token"  # noqa: S105 - a parameter's name
    JOB_TOKEN_PARAMETER = "job_token"  # noqa: S105 - a parameter's name


PARAMETERS = (AuthenticationScheme.PRIVATE_TOKEN_PARAMETER, AuthenticationScheme.JOB_TOKEN_PARAMETER)
JOB_TOKEN_USER = "gitlab-ci-token"  # noqa: S105 - a user's name


class AccessLevel(IntEnum):
    """A member's role as GitLab counts it."""

    GUEST = 10
    REPORTER = 20
    DEVELOPER = 30
    MAINTAINER = 40
    OWNER = 50


class Actor(StrEnum):
    """Whose credential it is, seen from the project under test.

    Guest to maintainer are members with a project access token of scope api; read-api and unrelated are developers
    whose token has only read_api, or a scope that has nothing to do with packages. The deploy tokens belong to the
    project. An outsider is a valid user who is no member, a deploy-elsewhere is a deploy token of another project.
    The users have a personal token, the jobs are running jobs of theirs in the project. The group's tokens
    are those of the group that holds the project, the other group's of a group that does not.
    """

    GUEST = "guest"
    REPORTER = "reporter"
    DEVELOPER = "developer"
    MAINTAINER = "maintainer"
    READ_API = "read-api"
    UNRELATED = "unrelated"
    OUTSIDER = "outsider"
    DEPLOY_READ = "deploy-read"
    DEPLOY_WRITE = "deploy-write"
    DEPLOY_BOTH = "deploy-both"
    DEPLOY_ELSEWHERE = "deploy-elsewhere"
    USER_GUEST = "user-guest"
    USER_REPORTER = "user-reporter"
    USER_DEVELOPER = "user-developer"
    USER_MAINTAINER = "user-maintainer"
    USER_OWNER = "user-owner"
    USER_OUTSIDER = "user-outsider"
    JOB_GUEST = "job-guest"
    JOB_REPORTER = "job-reporter"
    JOB_DEVELOPER = "job-developer"
    JOB_MAINTAINER = "job-maintainer"
    JOB_OWNER = "job-owner"
    JOB_OUTSIDER = "job-outsider"
    GROUP = "group"
    GROUP_DEPLOY = "group-deploy"
    OTHER_GROUP = "other-group"
    OTHER_GROUP_DEPLOY = "other-group-deploy"

    @property
    def scheme(self) -> AuthenticationScheme:
        """The header of the actor's token."""
        if "deploy" in self.value:
            return AuthenticationScheme.DEPLOY_TOKEN
        return AuthenticationScheme.JOB_TOKEN if self.is_job else AuthenticationScheme.PRIVATE_TOKEN

    @property
    def is_job(self) -> bool:
        """Whether the actor is a running job."""
        return self.value.startswith("job-")

    @property
    def of_user(self) -> "Actor":
        """The user whose job it is."""
        return Actor(self.value.replace("job-", "user-"))


@dataclass(frozen=True, slots=True)
class Credential:
    """A token and how it is sent.

    `variable` stands for the secret in reports; `setting` is the shell command that sets it, where there is one.
    """

    variable: str
    secret: str = field(repr=False)
    scheme: AuthenticationScheme
    user: str = "conformance"
    setting: str | None = None

    def with_scheme(self, scheme: AuthenticationScheme, user: str = "conformance") -> "Credential":
        """Return the same token for another scheme; `user` is the name beside a Basic password."""
        return replace(self, scheme=scheme, user=user)

    def headers(self) -> Headers:
        """Return the request headers that hold the token, none when it travels in the query."""
        if self.scheme in PARAMETERS:
            return ()
        if self.scheme is AuthenticationScheme.BASIC:
            pair = base64.b64encode(f"{self.user}:{self.secret}".encode()).decode()
            return (("Authorization", f"Basic {pair}"),)
        if self.scheme is AuthenticationScheme.BEARER:
            return (("Authorization", f"Bearer {self.secret}"),)
        return ((self.scheme.value, self.secret),)

    def parameter(self) -> str:
        """Return the query parameter that holds the token, empty when a header does."""
        return f"{self.scheme.value}={quote(self.secret, safe='')}" if self.scheme in PARAMETERS else ""


@dataclass(frozen=True, slots=True)
class TargetProject:
    """A project of the target; `path` is its full path, with slashes."""

    id: int
    path: str
    visibility: Visibility


@dataclass(frozen=True, slots=True)
class Subgroup:
    """A group of the run's own with one private project in it; `path` is the group's full path."""

    id: int
    path: str
    project: TargetProject


@dataclass(frozen=True, slots=True)
class RevocableCredential:
    """A credential that can be revoked, once."""

    credential: Credential
    revoke: Callable[[], Response]


@dataclass(frozen=True, slots=True)
class StartedJob:
    """A job that a runner has taken: its pipeline, its token, and the call that ends it as success or failed."""

    id: int
    pipeline: int
    credential: Credential
    end: Callable[[str], Response]


class Access(ABC):
    """The projects and credentials of a run; every name of a package of the run begins with `prefix`.

    `writer` may publish to and download from every project of the run. `usual` is the project that checks use which ask
    for no visibility. `made` are the credentials that the run has
    made so far. Each method raises Unavailable when the target has no such thing, as a target file has none of what
    is not abstract here.
    """

    prefix: str
    writer: Credential
    usual: Visibility = Visibility.PUBLIC

    @property
    def made(self) -> Sequence[Credential]:
        """The credentials that the run has made so far."""
        return ()

    @abstractmethod
    def project(self, visibility: Visibility) -> TargetProject:
        """Return the project of that visibility."""

    @abstractmethod
    def credential(self, actor: Actor, visibility: Visibility) -> Credential:
        """Return the credential of an actor towards the project of that visibility."""

    def revocable(self, actor: Actor, visibility: Visibility) -> RevocableCredential:
        """Return a credential of an actor that nobody else uses."""
        raise Unavailable(f"the {actor.value} token of the {visibility.value} project is not the suite's to revoke")

    def subgroup(self, name: str, within: Subgroup | None = None) -> Subgroup:
        """Return the subgroup of that name, below the run's own group or below another subgroup."""
        parent = within.path if within else "a group"
        raise Unavailable(f"a target file names no group in which to make {parent}/{name}")

    def member_of(self, subgroup: Subgroup, level: int) -> Credential:
        """Return the token of a member of a subgroup with this access level."""
        raise Unavailable(f"a target file names no member of {subgroup.path} with the access level {level}")

    def elsewhere(self) -> TargetProject:
        """Return a private project of which no actor but the users is a member."""
        raise Unavailable("a target file names no third project")

    def runner(self, project: TargetProject) -> str:
        """Return the token of a runner that takes the jobs of a project."""
        raise Unavailable(f"a target file names no runner of {project.path}")

    def pipeline(self, project: TargetProject) -> int:
        """Start a pipeline of the user who is a developer everywhere, with one job for a runner; return its id."""
        raise Unavailable(f"a target file names nobody who starts pipelines in {project.path}")

    def request_job(self, project: TargetProject, *, patient: bool = False) -> Response:  # noqa: ARG002 - for others
        """Ask for work as the runner of a project, when `patient` for some seconds until there is some."""
        raise Unavailable(f"a target file names no runner of {project.path}")

    def job(self, project: TargetProject) -> StartedJob:
        """Return a new running job, in a project, of the user who is a developer everywhere."""
        raise Unavailable(f"a target file names no runner of {project.path}")

    @abstractmethod
    def clean_up(self) -> list[str]:
        """Remove what the run has made; return a sentence for everything that stays behind."""
