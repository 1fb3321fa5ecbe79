"""Access that is made for the run through GitLab's REST API: what a run needs beside its projects, on first use."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from functools import partial

from conformance.target.access import (
    Access,
    AccessLevel,
    Actor,
    Credential,
    NotApplicable,
    RevocableCredential,
    StartedJob,
    Subgroup,
    TargetProject,
    Unavailable,
    Visibility,
)
from conformance.target.provisioned_jobs import ProvisionedJobs, token_variable
from conformance.target.provisioned_projects import ProvisionedProjects, create_project
from conformance.target.provisioned_runners import ProvisionedRunners
from conformance.target.provisioned_users import ProvisionedUsers
from conformance.target.removal import remove
from conformance.target.rest import CreatedResource, Parameters, RestApi, TokenIssuer
from conformance.target.settling import Right, Settling
from conformance.transport.response import Response

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
STAND_INS = {Actor.USER_DEVELOPER: Actor.GROUP, Actor.USER_MAINTAINER: Actor.MAINTAINER}
GROUPS = (Actor.GROUP, Actor.GROUP_DEPLOY, *OTHER_GROUP)


class ProvisionedAccess(Access):
    """The access of a run that made its own projects. The owner's credential is the writer.

    Every credential has its rights when it is returned: `settle` is how many seconds are waited for them. `day` is that
    of the run, in UTC.
    """

    def __init__(
        self,
        api: RestApi,
        provisioned: ProvisionedProjects,
        *,
        prefix: str,
        owner: Credential,
        settle: float,
        day: date,
    ) -> None:
        self.prefix = prefix
        self.writer = owner
        self.usual = Visibility.PUBLIC if Visibility.PUBLIC in provisioned.projects else Visibility.PRIVATE
        self._api = api
        self._provisioned = provisioned
        self._tokens = TokenIssuer(api, prefix, day)
        self._users = ProvisionedUsers(api, self._tokens, provisioned.group, prefix)
        self._settling = Settling(api, settle, self._everything, clock=api.clock)
        self._runners = ProvisionedRunners(api, self._tokens, prefix)
        self._jobs = ProvisionedJobs(self._users, self._runners, self._settling)
        self._credentials: dict[tuple[Actor, TargetProject], Credential] = {}
        self._seen: set[Right] = set()
        self._witnesses: dict[TargetProject, Credential] = {}
        self._members: dict[tuple[Subgroup, int], Credential] = {}
        self._areas: dict[tuple[str, Subgroup | None], Subgroup] = {}

    @property
    def made(self) -> Sequence[Credential]:
        """The credentials that the run has made so far."""
        return self._tokens.made

    def project(self, visibility: Visibility) -> TargetProject:
        """Return the project of that visibility."""
        if visibility in self._provisioned.without:
            raise NotApplicable(self._provisioned.without[visibility])
        return self._provisioned.projects[visibility]

    def elsewhere(self) -> TargetProject:
        """Return the project of which most actors are no members."""
        return self._provisioned.elsewhere

    def credential(self, actor: Actor, visibility: Visibility) -> Credential:
        """Return the credential of an actor, made on first use and settled."""
        project = self._provisioned.elsewhere if actor in ELSEWHERE else self.project(visibility)
        if actor.is_job:
            if not self._jobs.has(actor, project):
                self._start_jobs(actor, project)
            return self._jobs.credential(actor, project)
        return self._settled(actor, project, self._made(actor, project))

    def revocable(self, actor: Actor, visibility: Visibility) -> RevocableCredential:
        """Return a new token of an actor and the call that revokes it; users revoke theirs themselves."""
        project = self.project(visibility)
        variable = f"REVOKED_{token_variable(actor, project)}"
        if actor not in TOKENS:
            self._made(actor, project)
            credential = self._settled(actor, project, self._users.new_token(actor, variable)[1])
            revoke = partial(self._api.acting_as(credential).delete, "/personal_access_tokens/self")
            return RevocableCredential(credential, revoke)
        made, credential = self._token(actor, project, variable)
        self._settled(actor, project, credential)
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
            project = create_project(self._api, group.id, "inside", Visibility.PRIVATE)
            self._areas[name, within] = Subgroup(group.id, path, project)
        return self._areas[name, within]

    def member_of(self, subgroup: Subgroup, level: int) -> Credential:
        """Return the access token of a subgroup with this access level, made on first use."""
        if (subgroup, level) not in self._members:
            parameters: Parameters = {"access_level": level, "scopes": ["api"]}
            path, variable = f"/groups/{subgroup.id}/access_tokens", f"MEMBER_{level}_OF_{subgroup.id}_TOKEN"
            actor = Actor.GROUP
            self._members[subgroup, level] = self._tokens.make(path, str(level), variable, actor.scheme, parameters)[1]
        self._wait([Right(self._members[subgroup, level], subgroup.project, level)])
        return self._members[subgroup, level]

    def runner(self, project: TargetProject) -> str:
        """Return the token of a project's runner."""
        return self._runners.runner(project)

    def pipeline(self, project: TargetProject) -> int:
        """Start a pipeline of the developer."""
        return self._runners.pipeline(project, self._job_user(Actor.USER_DEVELOPER, project))

    def request_job(self, project: TargetProject, *, patient: bool = False) -> Response:
        """Ask for work as the project's runner."""
        return self._runners.request(project, patient=patient)

    def job(self, project: TargetProject) -> StartedJob:
        """Start a job of the developer."""
        return self._runners.job(project, self._job_user(Actor.USER_DEVELOPER, project), "OWN_JOB_TOKEN")

    def clean_up(self) -> list[str]:
        """Remove projects, group and users; tokens go with their projects."""
        projects = [*self._provisioned.projects.values(), self._provisioned.elsewhere]
        doomed = [(f"/projects/{project.id}", f"the project {project.path}", True) for project in projects]
        doomed.append((f"/groups/{self._provisioned.group.id}", f"the group {self._provisioned.group.path}", True))
        doomed += [(path, what, False) for path, what in (self._runners.made() | self._users.made()).items()]
        removed = (remove(self._api, path, what, full_path=full_path) for path, what, full_path in doomed)
        return [leftover for leftover in removed if leftover]

    def _made(self, actor: Actor, project: TargetProject) -> Credential:
        """Return the credential of an actor that is no job, made on first use, with rights that may be late."""
        if actor not in TOKENS:
            try:
                return self._users.credential(actor, project)
            except Unavailable:
                if actor is Actor.USER_OWNER:
                    return self.writer
                raise
        if (actor, project) not in self._credentials:
            self._credentials[actor, project] = self._token(actor, project, token_variable(actor, project))[1]
        return self._credentials[actor, project]

    def _settled(self, actor: Actor, project: TargetProject, credential: Credential) -> Credential:
        """Return the credential of an actor when its rights have settled."""
        self._wait(self._rights(actor, project, credential))
        return credential

    def _wait(self, rights: Iterable[Right]) -> None:
        """Wait for rights, for each once: none of these is ever taken away."""
        new = [right for right in rights if right not in self._seen]
        self._settling.wait(new)
        self._seen.update(new)

    def _rights(self, actor: Actor, project: TargetProject, credential: Credential) -> list[Right]:
        """Return what shows that an actor's rights have settled, nothing where there is nothing to settle."""
        level = TOKENS[actor].get("access_level") if actor in TOKENS else ProvisionedUsers.level(actor)
        if not isinstance(level, int) or credential == self.writer:
            return []
        if actor is Actor.OTHER_GROUP:
            project = self.subgroup("other").project
        if actor is Actor.UNRELATED:  # its token reads no list
            credential = self._witness(project)
        return [Right(credential, project, level)]

    def _witness(self, project: TargetProject) -> Credential:
        """Return a token that was made after one that reads nothing, so that its rights have not settled earlier."""
        if project not in self._witnesses:
            made = self._token(Actor.READ_API, project, f"WITNESS_{project.id}_TOKEN")
            self._witnesses[project] = made[1]
        return self._witnesses[project]

    def _everything(self) -> list[Right]:
        """Make every credential but jobs that a run may need, as far as the registry does; return their rights."""
        rights: list[Right] = []
        for project in self._provisioned.projects.values():
            for actor in Actor:
                if not actor.is_job:
                    with suppress(Unavailable):
                        where = self._provisioned.elsewhere if actor in ELSEWHERE else project
                        rights += self._rights(actor, where, self._made(actor, where))
        return rights

    def _job_user(self, actor: Actor, project: TargetProject) -> Credential:
        """Return the credential of the user whose job it is to be.

        Where the registry makes no users, the bot of a group's token is a developer everywhere, that of a project's
        token a maintainer.
        """
        try:
            credential = self._made(actor, project)
        except Unavailable:
            if actor not in STAND_INS:
                raise
            actor = STAND_INS[actor]
            credential = self._made(actor, project)
        return self._settled(actor, project, credential)

    def _start_jobs(self, actor: Actor, project: TargetProject) -> None:
        """Start the job of an actor, and those of all others with it where rights and jobs are late."""
        wanted = [(actor, project)]
        if self._settling.is_late:
            projects = self._provisioned.projects.values()
            wanted += [(job, where) for where in projects for job in Actor if job.is_job and (job, where) != wanted[0]]
        users: dict[tuple[Actor, TargetProject], Credential] = {}
        for job, where in wanted:
            try:
                users[job, where] = self._job_user(job.of_user, where)
            except Unavailable as error:
                self._jobs.refuse(job, where, str(error))
        self._jobs.start(users)

    def _token(self, actor: Actor, project: TargetProject, variable: str) -> tuple[CreatedResource, Credential]:
        path = self._token_path(actor, project)
        return self._tokens.make(path, actor.value, variable, actor.scheme, TOKENS[actor])

    def _token_path(self, actor: Actor, project: TargetProject) -> str:
        kind = "deploy_tokens" if "deploy" in actor.value else "access_tokens"
        if actor not in GROUPS:
            return f"/projects/{project.id}/{kind}"
        group = self.subgroup("other").id if actor in OTHER_GROUP else self._provisioned.group.id
        return f"/groups/{group}/{kind}"
