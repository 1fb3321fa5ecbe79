"""Running jobs of the users of a run, one for each user and project."""

from collections.abc import Mapping
from dataclasses import replace

from conformance.target.access import AccessLevel, Actor, Credential, TargetProject, Unavailable
from conformance.target.provisioned_runners import ProvisionedRunners
from conformance.target.provisioned_users import ProvisionedUsers
from conformance.target.settling import Right, Settling

JobOf = tuple[Actor, TargetProject]


class ProvisionedJobs:
    """Jobs, made when they are needed; a user who may not start a pipeline is a developer for as long as that takes."""

    def __init__(self, users: ProvisionedUsers, runners: ProvisionedRunners, settling: Settling) -> None:
        self._users = users
        self._runners = runners
        self._settling = settling
        self._credentials: dict[JobOf, Credential] = {}
        self._refusals: dict[JobOf, str] = {}

    def has(self, actor: Actor, project: TargetProject) -> bool:
        """Return whether the job was started, or could not be."""
        return (actor, project) in self._credentials or (actor, project) in self._refusals

    def credential(self, actor: Actor, project: TargetProject) -> Credential:
        """Return the token of a job.

        Raises Unavailable when it could not be started.
        """
        if (actor, project) in self._refusals:
            raise Unavailable(self._refusals[actor, project])
        return self._credentials[actor, project]

    def refuse(self, actor: Actor, project: TargetProject, reason: str) -> None:
        """Take note why there is no such job."""
        self._refusals[actor, project] = reason

    def start(self, users: Mapping[JobOf, Credential]) -> None:
        """Start the jobs of users, all at once; what goes wrong with one is the reason why there is none."""
        promoted = self._promote(users)
        try:
            pipelines = {job: pipeline for job in users if (pipeline := self._pipeline(job, users[job])) is not None}
            for job, pipeline in pipelines.items():
                self._take(job, pipeline)
        finally:
            self._demote(promoted)

    def _promote(self, users: Mapping[JobOf, Credential]) -> dict[JobOf, Right]:
        """Make developers of those who are less and wait for it; return what was given to whom."""
        promoted: dict[JobOf, Right] = {}
        seen: list[Right] = []
        for job, credential in users.items():
            actor, project = job
            right = Right(credential, project, AccessLevel.DEVELOPER)
            try:
                can_tell = self._settling.can_tell(right)
                if self._users.promote(actor.of_user, project):
                    promoted[job] = right
                    seen += [right] if can_tell else []
            except Unavailable as error:
                self.refuse(*job, str(error))
        self._wait(promoted, seen)
        return promoted

    def _demote(self, promoted: Mapping[JobOf, Right]) -> None:
        """Take back what was given and wait for it."""
        lost: dict[JobOf, Right] = {}
        for job, right in promoted.items():
            actor, project = job
            gone = replace(right, held=False)
            try:
                can_tell = self._settling.can_tell(gone)
                self._users.demote(actor.of_user, project)
                if can_tell:
                    lost[job] = gone
            except Unavailable as error:
                self.refuse(*job, str(error))
        self._wait(lost, list(lost.values()))

    def _wait(self, jobs: Mapping[JobOf, Right], rights: list[Right]) -> None:
        try:
            self._settling.wait(rights)
        except Unavailable:
            for job, right in jobs.items():
                if reason := self._settling.unsettled(right):
                    self.refuse(*job, reason)

    def _pipeline(self, job: JobOf, user: Credential) -> int | None:
        if job in self._refusals:
            return None
        try:
            return self._runners.pipeline(job[1], user)
        except Unavailable as error:
            self.refuse(*job, str(error))
            return None

    def _take(self, job: JobOf, pipeline: int) -> None:
        try:
            self._credentials[job] = self._runners.take(job[1], pipeline, token_variable(*job)).credential
        except Unavailable as error:
            self.refuse(*job, str(error))


def token_variable(actor: Actor, project: TargetProject) -> str:
    """Return what stands for the token of an actor of a project in reports."""
    return f"{actor.value}_{project.path.rpartition('/')[2]}_token".upper().replace("-", "_")
