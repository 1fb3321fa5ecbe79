"""Access that is made for the run: a group with three projects, and tokens on first use, through GitLab's REST API."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from conformance.target.access import Carriage, Credential, Project, Revocable, Role, Unavailable, Visibility
from conformance.target.rest import Made, Parameters, RestApi
from conformance.transport.redaction import SHORTEST_SECRET

GUEST, REPORTER, DEVELOPER = 10, 20, 30
TOKEN_LIFETIME = timedelta(days=2)
REMOVED = (200, 202, 204, 404)
ACCESS_TOKENS = {
    Role.GUEST: (GUEST, "api"),
    Role.REPORTER: (REPORTER, "api"),
    Role.DEVELOPER: (DEVELOPER, "api"),
    Role.READ_API: (DEVELOPER, "read_api"),
    Role.OUTSIDER: (DEVELOPER, "api"),
}
DEPLOY_TOKENS = {
    Role.DEPLOY_READ: ["read_package_registry"],
    Role.DEPLOY_WRITE: ["write_package_registry"],
    Role.DEPLOY_BOTH: ["read_package_registry", "write_package_registry"],
    Role.DEPLOY_ELSEWHERE: ["read_package_registry"],
}
ELSEWHERE = (Role.OUTSIDER, Role.DEPLOY_ELSEWHERE)


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a run makes on the registry; everything is inside the one group."""

    group: Made
    projects: dict[Visibility, Project]
    elsewhere: Project


def provision(api: RestApi, prefix: str) -> Footprint:
    """Make the run's group and projects.

    Raises Unavailable when the registry refuses one of them; what was made before is removed again.
    """
    group = api.create("/groups", {"name": prefix, "path": prefix, "visibility": "public"})
    try:
        projects = {visibility: _create_project(api, group, visibility.value, visibility) for visibility in Visibility}
        elsewhere = _create_project(api, group, "elsewhere", Visibility.PRIVATE)
    except BaseException as error:
        if api.delete(f"/groups/{group.id}").status not in REMOVED:
            raise Unavailable(f"{error}; the group {prefix} is left behind") from error
        raise
    return Footprint(group, projects, elsewhere)


def _create_project(api: RestApi, group: Made, name: str, visibility: Visibility) -> Project:
    parameters: Parameters = {"name": name, "path": name, "namespace_id": group.id, "visibility": visibility.value}
    made = api.create("/projects", parameters)
    return Project(made.id, made.path, visibility)


class ProvisionedAccess:
    """The access of a run that made its own projects. The owner's credential is the writer."""

    def __init__(self, api: RestApi, footprint: Footprint, *, prefix: str, owner: Credential) -> None:
        self.prefix = prefix
        self.writer = owner
        self.made: list[Credential] = []
        self._api = api
        self._footprint = footprint
        self._credentials: dict[tuple[Role, Project], Credential] = {}

    def project(self, visibility: Visibility) -> Project:
        """Return the project of that visibility."""
        return self._footprint.projects[visibility]

    def credential(self, role: Role, visibility: Visibility) -> Credential:
        """Return the credential of a role, made on first use."""
        project = self._footprint.elsewhere if role in ELSEWHERE else self.project(visibility)
        if (role, project) not in self._credentials:
            variable = f"{role.value}_{project.path.rpartition('/')[2]}_token".upper().replace("-", "_")
            _, credential = self._create_token(role, project, variable)
            self._credentials[role, project] = credential
        return self._credentials[role, project]

    def revocable(self, visibility: Visibility) -> Revocable:
        """Return a new developer's access token and the call that revokes it."""
        project = self.project(visibility)
        made, credential = self._create_token(Role.DEVELOPER, project, "REVOKED_TOKEN")
        return Revocable(credential, lambda: self._api.delete(f"/projects/{project.id}/access_tokens/{made.id}"))

    def clean_up(self) -> list[str]:
        """Remove projects and group; tokens go with their projects."""
        projects = [*self._footprint.projects.values(), self._footprint.elsewhere]
        doomed = {f"/projects/{project.id}": f"the project {project.path}" for project in projects}
        doomed[f"/groups/{self._footprint.group.id}"] = f"the group {self.prefix}"
        leftovers = []
        for path, what in doomed.items():
            answer = self._api.delete(path)
            if answer.status not in REMOVED:
                leftovers.append(f"{what} was not removed: {answer.status or answer.failure}")
        return leftovers

    def _create_token(self, role: Role, project: Project, variable: str) -> tuple[Made, Credential]:
        expires = (datetime.now(UTC) + TOKEN_LIFETIME).date().isoformat()
        parameters: Parameters = {"name": f"{self.prefix} {role.value}", "expires_at": expires}
        if role.is_deploy_token:
            kind, carriage = "deploy_tokens", Carriage.DEPLOY_TOKEN
            parameters["scopes"] = DEPLOY_TOKENS[role]
        else:
            kind, carriage = "access_tokens", Carriage.PRIVATE_TOKEN
            level, scope = ACCESS_TOKENS[role]
            parameters |= {"scopes": [scope], "access_level": level}
        made = self._api.create(f"/projects/{project.id}/{kind}", parameters, variable)
        if len(made.token) < SHORTEST_SECRET:
            raise Unavailable(f"the registry made a {role.value} token in {project.path} and did not show it")
        self.made.append(Credential(variable, made.token, carriage))
        return made, self.made[-1]
