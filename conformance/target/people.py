"""The people of a run: users with a personal token, and what they are in each project."""

from conformance.target.access import Carriage, Credential, Project, Role, Unavailable
from conformance.target.rest import Made, Parameters, RestApi
from conformance.target.tokens import TokenMaker

DEVELOPER, OWNER = 30, 50
LEVELS = {Role.USER_GUEST: 10, Role.USER_REPORTER: 20, Role.USER_MAINTAINER: 40}
GROUP_LEVELS = {Role.USER_DEVELOPER: DEVELOPER, Role.USER_OWNER: OWNER}


class People:
    """Users, made on first use: the developer and the owner are members of the run's group, others of projects."""

    def __init__(self, api: RestApi, tokens: TokenMaker, group: Made, prefix: str) -> None:
        self._api = api
        self._tokens = tokens
        self._group = group
        self._prefix = prefix
        self._users: dict[Role, int] = {}
        self._credentials: dict[Role, Credential] = {}
        self._placed: set[Role] = set()
        self._members: set[tuple[Role, Project]] = set()

    def credential(self, role: Role, project: Project) -> Credential:
        """Return the personal token of a user who has the role in a project."""
        if role not in self._credentials:
            variable = f"{role.value}_token".upper().replace("-", "_")
            self._credentials[role] = self.new_token(role, variable)[1]
        if role in LEVELS and (role, project) not in self._members:
            self._api.create(_members(project), {"user_id": self._users[role], "access_level": LEVELS[role]})
            self._members.add((role, project))
        return self._credentials[role]

    def new_token(self, role: Role, variable: str) -> tuple[Made, Credential]:
        """Return a new personal token of a user."""
        path = f"/users/{self._user(role)}/personal_access_tokens"
        return self._tokens.make(path, role.value, variable, Carriage.PRIVATE_TOKEN, {"scopes": ["api"]})

    def promote(self, role: Role, project: Project) -> None:
        """Make a user whom `credential` knows a developer of a project for now, unless the user is that or more."""
        if LEVELS.get(role, DEVELOPER) < DEVELOPER:
            self._api.change(f"{_members(project)}/{self._users[role]}", {"access_level": DEVELOPER})
        elif role is Role.USER_OUTSIDER:
            self._api.create(_members(project), {"user_id": self._users[role], "access_level": DEVELOPER})

    def demote(self, role: Role, project: Project) -> None:
        """Take back what `promote` gave."""
        member = f"{_members(project)}/{self._users[role]}"
        if LEVELS.get(role, DEVELOPER) < DEVELOPER:
            self._api.change(member, {"access_level": LEVELS[role]})
        elif role is Role.USER_OUTSIDER and self._api.delete(member).status != 204:  # noqa: PLR2004 - No Content
            raise Unavailable(f"the registry does not remove a member of {project.path}")

    def made(self) -> dict[str, str]:
        """Return the paths of the users that exist, each with what it is."""
        return {
            f"/users/{number}?hard_delete=true": f"the user {self._name(role)}" for role, number in self._users.items()
        }

    def _user(self, role: Role) -> int:
        if role not in self._users:
            self._users[role] = self._new_user(self._name(role))
        if role in GROUP_LEVELS and role not in self._placed:
            membership = {"user_id": self._users[role], "access_level": GROUP_LEVELS[role]}
            self._api.create(f"/groups/{self._group.id}/members", membership)
            self._placed.add(role)
        return self._users[role]

    def _new_user(self, name: str) -> int:
        parameters: Parameters = {
            "username": name,
            "name": name,
            "email": f"{name}@example.com",
            "force_random_password": True,
            "skip_confirmation": True,
        }
        try:
            return self._api.create("/users", parameters).id
        except Unavailable as error:
            raise Unavailable(f"{error}; an administrator's token is needed to make users") from error

    def _name(self, role: Role) -> str:
        return f"{self._prefix}-{role.value}"


def _members(project: Project) -> str:
    return f"/projects/{project.id}/members"
