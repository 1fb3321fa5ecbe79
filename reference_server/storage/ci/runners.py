"""Runners: who may have one, and how they come to be: created by a user, or registered by a token."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import MAINTAIN_RUNNERS, OWN_RUNNERS, require_administrator
from reference_server.storage.access.callers import UserCaller
from reference_server.storage.access.scopes import API, CREATE_RUNNER
from reference_server.storage.access.tokens import digest, new_registration_token, new_runner_token
from reference_server.storage.identity.formats import invalid, missing
from reference_server.storage.identity.resources import ResourceAccess, ResourceReference
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.models import Runner
from reference_server.storage.metadata.pagination import Page, PageRequest
from reference_server.storage.metadata.repositories.resources import ResourceKey
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rules.jobs import RunnerType

_LONGEST_DESCRIPTION = 1024  # characters


@dataclass(frozen=True, slots=True)
class RunnerFields:
    """What a new runner is given; `type` 0 is none."""

    type: int
    group_id: int | None
    project_id: int | None
    description: str


@dataclass(frozen=True, slots=True)
class RunnerService:
    """Runners, for administrators, the owners of groups and the maintainers of projects. `metadata` is for reading."""

    resources: ResourceAccess
    metadata: Metadata
    writer: Writer

    async def create(self, caller: UserCaller, fields: RunnerFields) -> tuple[Runner, str]:
        """Create a runner, and return it with its token, which is kept nowhere.

        Raise PARAMETER_MISSING, GROUP_NOT_FOUND, PROJECT_NOT_FOUND.
        """
        runner_type = _known_type(fields.type)
        _check_description(fields.description)
        key = self._admitted(caller, runner_type, fields.group_id, fields.project_id)
        return await self._add(runner_type, key, fields.description)

    async def reset_registration_token(self, caller: UserCaller, where: ResourceReference) -> str:
        """Return a new registration token of a resource, which is kept nowhere; the one before ends."""
        key = self.resources.find(caller, where, MAINTAIN_RUNNERS, OWN_RUNNERS).key
        token = new_registration_token()
        await self.writer.submit(lambda metadata: metadata.runners.put_registration_token(key, digest(token)))
        return token

    async def register(self, registration_token: str, description: str) -> tuple[Runner, str]:
        """Add a runner of the resource that a registration token is for. Raise ROLE_INSUFFICIENT."""
        _check_description(description)
        key = self.metadata.runners.resource_to_register(digest(registration_token))
        if key is None:
            raise Failure(Reason.ROLE_INSUFFICIENT, "the token registers no runner")
        return await self._add(RunnerType.GROUP if key.project_id is None else RunnerType.PROJECT, key, description)

    def list(self, caller: UserCaller, where: ResourceReference | None, request: PageRequest) -> Page[Runner]:
        """Return a page of the runners of a resource, or of all for an administrator, by falling id."""
        key = None
        if where is None:
            require_administrator(caller, (API, CREATE_RUNNER))
        else:
            key = self.resources.find(caller, where, MAINTAIN_RUNNERS, OWN_RUNNERS).key
        return self.metadata.runners.list(key, request)

    def read(self, caller: UserCaller, runner_id: int) -> Runner:
        """Return a runner. Raise RECORD_NOT_FOUND."""
        runner = self.metadata.runners.get(runner_id)
        self._admitted(caller, RunnerType(runner.type), runner.group_id, runner.project_id)
        return runner

    async def delete(self, caller: UserCaller, runner_id: int) -> None:
        """Delete a runner. Raise RECORD_NOT_FOUND."""
        runner = self.read(caller, runner_id)
        await self.writer.submit(lambda metadata: metadata.runners.delete(runner.id))

    async def _add(self, runner_type: RunnerType, key: ResourceKey, description: str) -> tuple[Runner, str]:
        """Add a runner, and return it with its token, which is kept nowhere."""
        token = new_runner_token()
        runner = await self.writer.submit(
            lambda metadata: metadata.runners.add(runner_type, key, description, digest(token))
        )
        return runner, token

    def _admitted(
        self, caller: UserCaller, runner_type: RunnerType, group_id: int | None, project_id: int | None
    ) -> ResourceKey:
        """Return where a runner belongs, for a caller that may have one there; an empty key for the instance."""
        if runner_type is RunnerType.INSTANCE:
            require_administrator(caller, (API, CREATE_RUNNER))
            return ResourceKey()
        if runner_type is RunnerType.GROUP:
            where = ResourceReference(group=_required("group_id", group_id))
        else:
            where = ResourceReference(project=_required("project_id", project_id))
        return self.resources.find(caller, where, MAINTAIN_RUNNERS, OWN_RUNNERS).key


def _check_description(description: str) -> None:
    if len(description) > _LONGEST_DESCRIPTION:
        raise invalid("description", f"a description has at most {_LONGEST_DESCRIPTION} characters")


def _known_type(number: int) -> RunnerType:
    if not number:
        raise missing("runner_type")
    if number not in set(RunnerType):
        raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, "no such runner type", parameter="runner_type")
    return RunnerType(number)


def _required(parameter: str, value: int | None) -> str:
    if value is None:
        raise missing(parameter)
    return str(value)
