"""The users of a run, with a personal token, and what they are in each project."""

from http import HTTPStatus

from conformance.target.access import AccessLevel, Actor, AuthenticationScheme, Credential, TargetProject, Unavailable
from conformance.target.rest import CreatedResource, Parameters, RestApi, TokenIssuer

LEVELS = {
    Actor.USER_GUEST: AccessLevel.GUEST,
    Actor.USER_REPORTER: AccessLevel.REPORTER,
    Actor.USER_MAINTAINER: AccessLevel.MAINTAINER,
}
ADMINISTRATOR_NEEDED = (
    "an administrator's token is needed to make users, with the scope admin_mode where Admin Mode is on"
)
TERMS = (
    "a new user must accept the registry's terms of service in a browser first: "
    "do not enforce them while the run lasts, or name users who have accepted them in a target file"
)
GROUP_LEVELS = {Actor.USER_DEVELOPER: AccessLevel.DEVELOPER, Actor.USER_OWNER: AccessLevel.OWNER}


class ProvisionedUsers:
    """Users, made on first use: the developer and the owner are members of the run's group, others of projects."""

    def __init__(self, api: RestApi, tokens: TokenIssuer, group: CreatedResource, prefix: str) -> None:
        self._api = api
        self._tokens = tokens
        self._group = group
        self._prefix = prefix
        self._users: dict[Actor, int] = {}
        self._credentials: dict[Actor, Credential] = {}
        self._placed: set[Actor] = set()
        self._members: set[tuple[Actor, TargetProject]] = set()
        self._refusals: dict[Actor | None, str] = {}

    def credential(self, actor: Actor, project: TargetProject) -> Credential:
        """Return the personal token of a user who is that actor in a project.

        Raises Unavailable when the registry makes no users, or does not let new ones in; it is not asked twice.
        """
        for refused in (None, actor):
            if refused in self._refusals:
                raise Unavailable(self._refusals[refused])
        if actor not in self._credentials:
            variable = f"{actor.value}_token".upper().replace("-", "_")
            self._credentials[actor] = self._admitted(actor, self.new_token(actor, variable)[1])
        if actor in LEVELS and (actor, project) not in self._members:
            self._api.create(_members(project), {"user_id": self._users[actor], "access_level": LEVELS[actor]})
            self._members.add((actor, project))
        return self._credentials[actor]

    def new_token(self, actor: Actor, variable: str) -> tuple[CreatedResource, Credential]:
        """Return a new personal token of a user."""
        path = f"/users/{self._user(actor)}/personal_access_tokens"
        return self._tokens.make(path, actor.value, variable, AuthenticationScheme.PRIVATE_TOKEN, {"scopes": ["api"]})

    @staticmethod
    def level(actor: Actor) -> AccessLevel | None:
        """Return the role of an actor in the projects, None for one that has none."""
        return (LEVELS | GROUP_LEVELS).get(actor)

    def promote(self, actor: Actor, project: TargetProject) -> bool:
        """Make a user whom `credential` knows a developer of a project for now; return whether that was needed."""
        level = self.level(actor)
        if level is not None and level >= AccessLevel.DEVELOPER:
            return False
        if LEVELS.get(actor, AccessLevel.DEVELOPER) < AccessLevel.DEVELOPER:
            self._api.change(f"{_members(project)}/{self._users[actor]}", {"access_level": AccessLevel.DEVELOPER})
        elif actor is Actor.USER_OUTSIDER:
            self._api.create(_members(project), {"user_id": self._users[actor], "access_level": AccessLevel.DEVELOPER})
        return True

    def demote(self, actor: Actor, project: TargetProject) -> None:
        """Take back what `promote` gave."""
        member = f"{_members(project)}/{self._users[actor]}"
        if LEVELS.get(actor, AccessLevel.DEVELOPER) < AccessLevel.DEVELOPER:
            self._api.change(member, {"access_level": LEVELS[actor]})
        elif actor is Actor.USER_OUTSIDER and self._api.delete(member).status != HTTPStatus.NO_CONTENT:
            raise Unavailable(f"the registry does not remove a member of {project.path}")

    def made(self) -> dict[str, str]:
        """Return the paths of the users that exist, each with what it is."""
        return {
            f"/users/{number}?hard_delete=true": f"the user {self._name(actor)}"
            for actor, number in self._users.items()
        }

    def _user(self, actor: Actor) -> int:
        if actor not in self._users:
            self._users[actor] = self._new_user(self._name(actor))
        if actor in GROUP_LEVELS and actor not in self._placed:
            membership = {"user_id": self._users[actor], "access_level": GROUP_LEVELS[actor]}
            self._api.create(f"/groups/{self._group.id}/members", membership)
            self._placed.add(actor)
        return self._users[actor]

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
            self._refusals[None] = f"{error}; {ADMINISTRATOR_NEEDED}"
            raise Unavailable(self._refusals[None]) from error

    def _admitted(self, actor: Actor, credential: Credential) -> Credential:
        """Return a new user's credential.

        Raises Unavailable when the registry lets nobody in who has not accepted its terms of service.
        """
        with self._api.setting_up():
            response = self._api.acting_as(credential).get("/user")
        if response.status == HTTPStatus.FORBIDDEN and b"terms of service" in response.kept.lower():
            self._refusals[actor] = TERMS
            raise Unavailable(TERMS)
        return credential

    def _name(self, actor: Actor) -> str:
        return f"{self._prefix}-{actor.value}"


def _members(project: TargetProject) -> str:
    return f"/projects/{project.id}/members"
