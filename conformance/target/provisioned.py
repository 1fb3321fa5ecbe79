"""Access that is made for the run through GitLab's REST API: a group with three projects, the rest on first use."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from conformance.target.access import (
    Area,
    Credential,
    Project,
    Revocable,
    Role,
    RunningJob,
    Unavailable,
    Visibility,
)
from conformance.target.people import People
from conformance.target.rest import Made, Parameters, RestApi
from conformance.target.runners import Runners
from conformance.target.tokens import TokenMaker
from conformance.transport.answer import Answer

GUEST, REPORTER, DEVELOPER, MAINTAINER = 10, 20, 30, 40
REMOVED = (200, 202, 204, 404)
READ, WRITE = "read_package_registry", "write_package_registry"
TOKENS: dict[Role, Parameters] = {
    Role.GUEST: {"access_level": GUEST, "scopes": ["api"]},
    Role.REPORTER: {"access_level": REPORTER, "scopes": ["api"]},
    Role.DEVELOPER: {"access_level": DEVELOPER, "scopes": ["api"]},
    Role.MAINTAINER: {"access_level": MAINTAINER, "scopes": ["api"]},
    Role.READ_API: {"access_level": DEVELOPER, "scopes": ["read_api"]},
    Role.UNRELATED: {"access_level": DEVELOPER, "scopes": ["read_repository"]},
    Role.OUTSIDER: {"access_level": DEVELOPER, "scopes": ["api"]},
    Role.GROUP: {"access_level": DEVELOPER, "scopes": ["api"]},
    Role.OTHER_GROUP: {"access_level": DEVELOPER, "scopes": ["api"]},
    Role.DEPLOY_READ: {"scopes": [READ]},
    Role.DEPLOY_WRITE: {"scopes": [WRITE]},
    Role.DEPLOY_BOTH: {"scopes": [READ, WRITE]},
    Role.DEPLOY_ELSEWHERE: {"scopes": [READ]},
    Role.GROUP_DEPLOY: {"scopes": [READ, WRITE]},
    Role.OTHER_GROUP_DEPLOY: {"scopes": [READ, WRITE]},
}
ELSEWHERE = (Role.OUTSIDER, Role.DEPLOY_ELSEWHERE)
OTHER_GROUP = (Role.OTHER_GROUP, Role.OTHER_GROUP_DEPLOY)
GROUPS = (Role.GROUP, Role.GROUP_DEPLOY, *OTHER_GROUP)


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a run makes on the registry at once; whatever it makes later is inside the one group, but for users."""

    group: Made
    projects: dict[Visibility, Project]
    elsewhere: Project


def provision(api: RestApi, prefix: str) -> Footprint:
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
    return Footprint(group, projects, elsewhere)


def _create_project(api: RestApi, group: int, name: str, visibility: Visibility) -> Project:
    made = api.create("/projects", {"name": name, "path": name, "namespace_id": group, "visibility": visibility.value})
    return Project(made.id, made.path, visibility)


class ProvisionedAccess:
    """The access of a run that made its own projects. The owner's credential is the writer."""

    def __init__(self, api: RestApi, footprint: Footprint, *, prefix: str, owner: Credential) -> None:
        self.prefix = prefix
        self.writer = owner
        self._api = api
        self._footprint = footprint
        self._tokens = TokenMaker(api, prefix)
        self._people = People(api, self._tokens, footprint.group, prefix)
        self._runners = Runners(api, self._tokens, prefix)
        self._credentials: dict[tuple[Role, Project], Credential] = {}
        self._members: dict[tuple[Area, int], Credential] = {}
        self._areas: dict[tuple[str, Area | None], Area] = {}

    @property
    def made(self) -> Sequence[Credential]:
        """The credentials that the run has made so far."""
        return self._tokens.made

    def project(self, visibility: Visibility) -> Project:
        """Return the project of that visibility."""
        return self._footprint.projects[visibility]

    def elsewhere(self) -> Project:
        """Return the project that most roles have no place in."""
        return self._footprint.elsewhere

    def credential(self, role: Role, visibility: Visibility) -> Credential:
        """Return the credential of a role, made on first use."""
        project = self._footprint.elsewhere if role in ELSEWHERE else self.project(visibility)
        if role not in TOKENS and not role.is_job:
            return self._people.credential(role, project)
        if (role, project) not in self._credentials:
            made = self._job(role, project) if role.is_job else self._token(role, project, _variable(role, project))[1]
            self._credentials[role, project] = made
        return self._credentials[role, project]

    def revocable(self, role: Role, visibility: Visibility) -> Revocable:
        """Return a new token of a role and the call that revokes it; people revoke theirs themselves."""
        project = self.project(visibility)
        variable = f"REVOKED_{_variable(role, project)}"
        if role not in TOKENS:
            _, credential = self._people.new_token(role, variable)
            revoke = partial(self._api.acting_as(credential).delete, "/personal_access_tokens/self")
            return Revocable(credential, revoke)
        made, credential = self._token(role, project, variable)
        return Revocable(credential, partial(self._api.delete, f"{self._token_path(role, project)}/{made.id}"))

    def area(self, name: str, within: Area | None = None) -> Area:
        """Return the area of that name, made on first use."""
        if (name, within) not in self._areas:
            parent = within.id if within else self._footprint.group.id
            group = self._api.create(
                "/groups", {"name": name, "path": name, "parent_id": parent, "visibility": "private"}
            )
            path = f"{within.path if within else self._footprint.group.path}/{name}"
            project = _create_project(self._api, group.id, "inside", Visibility.PRIVATE)
            self._areas[name, within] = Area(group.id, path, project)
        return self._areas[name, within]

    def member_of(self, area: Area, level: int) -> Credential:
        """Return the access token of an area's group with this access level, made on first use."""
        if (area, level) not in self._members:
            parameters: Parameters = {"access_level": level, "scopes": ["api"]}
            path, variable = f"/groups/{area.id}/access_tokens", f"MEMBER_{level}_OF_{area.id}_TOKEN"
            role = Role.GROUP
            self._members[area, level] = self._tokens.make(path, str(level), variable, role.carriage, parameters)[1]
        return self._members[area, level]

    def runner(self, project: Project) -> str:
        """Return the token of a project's runner."""
        return self._runners.runner(project)

    def pipeline(self, project: Project) -> int:
        """Start a pipeline of the developer."""
        return self._runners.pipeline(project, self._people.credential(Role.USER_DEVELOPER, project))

    def request_job(self, project: Project, *, patient: bool = False) -> Answer:
        """Ask for work as the project's runner."""
        return self._runners.request(project, patient=patient)

    def job(self, project: Project) -> RunningJob:
        """Start a job of the developer."""
        user = self._people.credential(Role.USER_DEVELOPER, project)
        return self._runners.job(project, user, "OWN_JOB_TOKEN")

    def clean_up(self) -> list[str]:
        """Remove projects, group and users; tokens go with their projects."""
        projects = [*self._footprint.projects.values(), self._footprint.elsewhere]
        doomed = {f"/projects/{project.id}": f"the project {project.path}" for project in projects}
        doomed[f"/groups/{self._footprint.group.id}"] = f"the group {self.prefix}"
        doomed |= self._runners.made()
        doomed |= self._people.made()
        leftovers = []
        for path, what in doomed.items():
            answer = self._api.delete(path)
            if answer.status not in REMOVED:
                leftovers.append(f"{what} was not removed: {answer.status or answer.failure}")
        return leftovers

    def _job(self, role: Role, project: Project) -> Credential:
        """Let a user who may not start a pipeline do so first, and take the right away again."""
        user = self._people.credential(role.of_user, project)
        self._people.promote(role.of_user, project)
        try:
            return self._runners.job(project, user, _variable(role, project)).credential
        finally:
            self._people.demote(role.of_user, project)

    def _token(self, role: Role, project: Project, variable: str) -> tuple[Made, Credential]:
        path = self._token_path(role, project)
        return self._tokens.make(path, role.value, variable, role.carriage, TOKENS[role])

    def _token_path(self, role: Role, project: Project) -> str:
        kind = "deploy_tokens" if "deploy" in role.value else "access_tokens"
        if role not in GROUPS:
            return f"/projects/{project.id}/{kind}"
        group = self.area("other").id if role in OTHER_GROUP else self._footprint.group.id
        return f"/groups/{group}/{kind}"


def _variable(role: Role, project: Project) -> str:
    return f"{role.value}_{project.path.rpartition('/')[2]}_token".upper().replace("-", "_")
