"""Access that is made for the run through GitLab's REST API: a group with three projects, the rest on first use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from http import HTTPStatus

from conformance.target.access import (
    Access,
    AccessLevel,
    Actor,
    Credential,
    RevocableCredential,
    StartedJob,
    Subgroup,
    TargetProject,
    Unavailable,
    Visibility,
)
from conformance.target.provisioned_runners import ProvisionedRunners
from conformance.target.provisioned_users import ProvisionedUsers
from conformance.target.rest import CreatedResource, Parameters, RestApi, TokenIssuer
from conformance.transport.response import Response

REMOVED = (HTTPStatus.OK, HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND)
READ, WRITE = "read_package_registry", "write_package_registry"
TOKENS: dict[Actor, Parameters] = {
    Actor.GUEST: {"access_level": AccessLevel.GUEST, "scopes": ["api"]},
    Actor.REPORTER: {"access_level": AccessLevel.REPORTER, "scopes": ["api"]},
    Actor.DEVELOPER: {"access_level": AccessLevel.DEVELOPER, "scopes": ["api"]},
    Actor.MAINTAINER: {"access_level": AccessLevel.MAINTAINER, "scopes": ["api"]},
    Actor.READ_API: {"access_level": AccessLevel.DEVELOPER, "scopes": ["read_api"]},
    Actor.UNRELATED: {"access_level": AccessLevel.DEVELOPER, "scopes": ["read_repository"]},
    Actor.OUTSIDER: {"access_level": AccessLevel.DEVELOPER, "scopes": ["api"]},
    Actor.GROUP: {"access_level": AccessLevel.DEVELOPER, "scopes": ["api"]},
    Actor.OTHER_GROUP: {"access_level": AccessLevel.DEVELOPER, "scopes": ["api"]},
    Actor.DEPLOY_READ: {"scopes": [READ]},
    Actor.DEPLOY_WRITE: {"scopes": [WRITE]},
    Actor.DEPLOY_BOTH: {"scopes": [READ, WRITE]},
    Actor.DEPLOY_ELSEWHERE: {"scopes": [READ]},
    Actor.GROUP_DEPLOY: {"scopes": [READ, WRITE]},
    Actor.OTHER_GROUP_DEPLOY: {"scopes": [READ, WRITE]},
}
ELSEWHERE = (Actor.OUTSIDER, Actor.DEPLOY_ELSEWHERE)
OTHER_GROUP = (Actor.OTHER_GROUP, Actor.OTHER_GROUP_DEPLOY)
GROUPS = (Actor.GROUP, Actor.GROUP_DEPLOY, *OTHER_GROUP)


@dataclass(frozen=True, slots=True)
class ProvisionedProjects:
    """What a run makes on the registry at once; whatever it makes later is inside the one group, but for users."""

    group: CreatedResource
    projects: dict[Visibility, TargetProject]
    elsewhere: TargetProject


def provision(api: RestApi, prefix: str) -> ProvisionedProjects:
    """Make the run's group and projects.

    Raises Unavailable when the registry refuses one of them; what was made before is removed again.
    """
    group = api.create("/groups", {"name": prefix, "path": prefix, "visibility": "public"})
    try:
        projects = {each: _create_project(api, group.id, each.value, each) for each in Visibility}
        elsewhere = _create_project(api, group.id, "elsewhere", Visibility.PRIVATE)
    except BaseException as error:
        if api.delete(f"/groups/{group.id}").status not in REMOVED:
            raise Unavailable(f"{error}; the group {prefix} is left behind") from error
        raise
    return ProvisionedProjects(group, projects, elsewhere)


def _create_project(api: RestApi, group: int, name: str, visibility: Visibility) -> TargetProject:
    made = api.create("/projects", {"name": name, "path": name, "namespace_id": group, "visibility": visibility.value})
    return TargetProject(made.id, made.path, visibility)


class ProvisionedAccess(Access):
    """The access of a run that made its own projects.

    The owner's credential is the writer; `day` is that of the run, in UTC.
    """

    def __init__(
        self, api: RestApi, provisioned: ProvisionedProjects, *, prefix: str, owner: Credential, day: date
    ) -> None:
        self.prefix = prefix
        self.writer = owner
        self._api = api
        self._provisioned = provisioned
        self._tokens = TokenIssuer(api, prefix, day)
        self._users = ProvisionedUsers(api, self._tokens, provisioned.group, prefix)
        self._runners = ProvisionedRunners(api, self._tokens, prefix)
        self._credentials: dict[tuple[Actor, TargetProject], Credential] = {}
        self._members: dict[tuple[Subgroup, int], Credential] = {}
        self._areas: dict[tuple[str, Subgroup | None], Subgroup] = {}

    @property
    def made(self) -> Sequence[Credential]:
        """The credentials that the run has made so far."""
        return self._tokens.made

    def project(self, visibility: Visibility) -> TargetProject:
        """Return the project of that visibility."""
        return self._provisioned.projects[visibility]

    def elsewhere(self) -> TargetProject:
        """Return the project of which most actors are no members."""
        return self._provisioned.elsewhere

    def credential(self, actor: Actor, visibility: Visibility) -> Credential:
        """Return the credential of an actor, made on first use."""
        project = self._provisioned.elsewhere if actor in ELSEWHERE else self.project(visibility)
        if actor not in TOKENS and not actor.is_job:
            return self._users.credential(actor, project)
        if (actor, project) not in self._credentials:
            made = (
                self._job(actor, project) if actor.is_job else self._token(actor, project, _variable(actor, project))[1]
            )
            self._credentials[actor, project] = made
        return self._credentials[actor, project]

    def revocable(self, actor: Actor, visibility: Visibility) -> RevocableCredential:
        """Return a new token of an actor and the call that revokes it; users revoke theirs themselves."""
        project = self.project(visibility)
        variable = f"REVOKED_{_variable(actor, project)}"
        if actor not in TOKENS:
            _, credential = self._users.new_token(actor, variable)
            revoke = partial(self._api.acting_as(credential).delete, "/personal_access_tokens/self")
            return RevocableCredential(credential, revoke)
        made, credential = self._token(actor, project, variable)
        return RevocableCredential(
            credential, partial(self._api.delete, f"{self._token_path(actor, project)}/{made.id}")
        )

    def subgroup(self, name: str, within: Subgroup | None = None) -> Subgroup:
        """Return the subgroup of that name, made on first use."""
        if (name, within) not in self._areas:
            parent = within.id if within else self._provisioned.group.id
            group = self._api.create(
                "/groups", {"name": name, "path": name, "parent_id": parent, "visibility": "private"}
            )
            path = f"{within.path if within else self._provisioned.group.path}/{name}"
            project = _create_project(self._api, group.id, "inside", Visibility.PRIVATE)
            self._areas[name, within] = Subgroup(group.id, path, project)
        return self._areas[name, within]

    def member_of(self, subgroup: Subgroup, level: int) -> Credential:
        """Return the access token of a subgroup with this access level, made on first use."""
        if (subgroup, level) not in self._members:
            parameters: Parameters = {"access_level": level, "scopes": ["api"]}
            path, variable = f"/groups/{subgroup.id}/access_tokens", f"MEMBER_{level}_OF_{subgroup.id}_TOKEN"
            actor = Actor.GROUP
            self._members[subgroup, level] = self._tokens.make(path, str(level), variable, actor.scheme, parameters)[1]
        return self._members[subgroup, level]

    def runner(self, project: TargetProject) -> str:
        """Return the token of a project's runner."""
        return self._runners.runner(project)

    def pipeline(self, project: TargetProject) -> int:
        """Start a pipeline of the developer."""
        return self._runners.pipeline(project, self._users.credential(Actor.USER_DEVELOPER, project))

    def request_job(self, project: TargetProject, *, patient: bool = False) -> Response:
        """Ask for work as the project's runner."""
        return self._runners.request(project, patient=patient)

    def job(self, project: TargetProject) -> StartedJob:
        """Start a job of the developer."""
        user = self._users.credential(Actor.USER_DEVELOPER, project)
        return self._runners.job(project, user, "OWN_JOB_TOKEN")

    def clean_up(self) -> list[str]:
        """Remove projects, group and users; tokens go with their projects."""
        projects = [*self._provisioned.projects.values(), self._provisioned.elsewhere]
        doomed = {f"/projects/{project.id}": f"the project {project.path}" for project in projects}
        doomed[f"/groups/{self._provisioned.group.id}"] = f"the group {self.prefix}"
        doomed |= self._runners.made()
        doomed |= self._users.made()
        leftovers = []
        for path, what in doomed.items():
            response = self._api.delete(path)
            if response.status not in REMOVED:
                leftovers.append(f"{what} was not removed: {response.status or response.failure}")
        return leftovers

    def _job(self, actor: Actor, project: TargetProject) -> Credential:
        """Let a user who may not start a pipeline do so first, and take the right away again."""
        user = self._users.credential(actor.of_user, project)
        self._users.promote(actor.of_user, project)
        try:
            return self._runners.job(project, user, _variable(actor, project)).credential
        finally:
            self._users.demote(actor.of_user, project)

    def _token(self, actor: Actor, project: TargetProject, variable: str) -> tuple[CreatedResource, Credential]:
        path = self._token_path(actor, project)
        return self._tokens.make(path, actor.value, variable, actor.scheme, TOKENS[actor])

    def _token_path(self, actor: Actor, project: TargetProject) -> str:
        kind = "deploy_tokens" if "deploy" in actor.value else "access_tokens"
        if actor not in GROUPS:
            return f"/projects/{project.id}/{kind}"
        group = self.subgroup("other").id if actor in OTHER_GROUP else self._provisioned.group.id
        return f"/groups/{group}/{kind}"


def _variable(actor: Actor, project: TargetProject) -> str:
    return f"{actor.value}_{project.path.rpartition('/')[2]}_token".upper().replace("-", "_")
