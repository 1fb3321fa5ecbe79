"""Runners: who may have one, and which runner a token names."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import MAINTAIN_RUNNERS, OWN_RUNNERS, require_administrator
from reference_server.storage.access.callers import Presented, UserCaller
from reference_server.storage.access.scopes import API, CREATE_RUNNER
from reference_server.storage.access.tokens import digest, new_runner_token
from reference_server.storage.identity.formats import invalid
from reference_server.storage.identity.places import FoundPlace, Place, Places
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.models import Runner
from reference_server.storage.metadata.pages import Listed, Page, give_page
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rules.jobs import RunnerType

_LONGEST_DESCRIPTION = 1024  # characters


@dataclass(frozen=True, slots=True)
class NewRunner:
    """A runner to be made; `type` 0 is none."""

    type: int
    group_id: int | None
    project_id: int | None
    description: str


@dataclass(frozen=True, slots=True)
class CreatedRunner:
    """A new runner, and its token, which is kept nowhere."""

    runner: Runner
    token: str


@dataclass(frozen=True, slots=True)
class Runners:
    """Runners, for administrators, the owners of groups and the maintainers of projects. `database` is for reading."""

    authentication: Authentication
    places: Places
    database: Database
    writer: Writer

    async def create(self, presented: tuple[Presented, ...], new: NewRunner) -> CreatedRunner:
        """Create a runner. Raises PARAMETER_MISSING, GROUP_NOT_FOUND, PROJECT_NOT_FOUND."""
        caller = self.authentication.user(presented)
        kind = _known_type(new.type)
        if len(new.description) > _LONGEST_DESCRIPTION:
            raise invalid("description", f"a description has at most {_LONGEST_DESCRIPTION} characters")
        place = self._admitted(caller, kind, new.group_id, new.project_id)
        token = new_runner_token()
        runner = Runner(
            type=kind,
            group_id=None if place is None else place.group_id,
            project_id=None if place is None else place.project_id,
            description=new.description,
            digest=digest(token),
            created_at=clock.now(),
        )
        runner.id = await self.writer.submit(lambda metadata: metadata.database.change(Runner.insert(runner.__data__)))
        return CreatedRunner(runner, token)

    def list(self, presented: tuple[Presented, ...], place: Place | None, page: Page) -> Listed[Runner]:
        """List the runners of a place, or all for an administrator, by falling id."""
        caller = self.authentication.user(presented)
        query = Runner.select().order_by(Runner.id.desc())
        if place is None:
            require_administrator(caller, (API, CREATE_RUNNER))
            return give_page(self.database, query, page)
        found = self.places.find(caller, place, MAINTAIN_RUNNERS, OWN_RUNNERS)
        if found.project_id is not None:
            return give_page(self.database, query.where(Runner.project_id == found.project_id), page)
        return give_page(self.database, query.where(Runner.group_id == found.group_id), page)

    def read(self, presented: tuple[Presented, ...], runner_id: int) -> Runner:
        """Give a runner. Raises RECORD_NOT_FOUND."""
        caller = self.authentication.user(presented)
        runner = self.database.first(Runner.select().where(Runner.id == runner_id))
        if not isinstance(runner, Runner):
            raise Failure(Reason.RECORD_NOT_FOUND, "no such runner")
        self._admitted(caller, RunnerType(runner.type), runner.group_id, runner.project_id)
        return runner

    async def delete(self, presented: tuple[Presented, ...], runner_id: int) -> None:
        """Delete a runner. Raises RECORD_NOT_FOUND."""
        runner = self.read(presented, runner_id)
        await self.writer.submit(
            lambda metadata: metadata.database.change(Runner.delete().where(Runner.id == runner.id))
        )

    def named_by(self, token_digest: bytes) -> Runner:
        """Find the runner that a token names, or raise ROLE_INSUFFICIENT."""
        runner = self.database.first(Runner.select().where(Runner.digest == token_digest))
        if not isinstance(runner, Runner) or not hmac.compare_digest(bytes(runner.digest), token_digest):
            raise Failure(Reason.ROLE_INSUFFICIENT, "the token names no runner")
        return runner

    def _admitted(
        self, caller: UserCaller, kind: RunnerType, group_id: int | None, project_id: int | None
    ) -> FoundPlace | None:
        """Find where a runner belongs, for a caller that may have one there; None for the instance."""
        if kind is RunnerType.INSTANCE:
            require_administrator(caller, (API, CREATE_RUNNER))
            return None
        if kind is RunnerType.GROUP:
            place = Place(group=str(_required("group_id", group_id)))
        else:
            place = Place(project=str(_required("project_id", project_id)))
        return self.places.find(caller, place, MAINTAIN_RUNNERS, OWN_RUNNERS)


def _known_type(number: int) -> RunnerType:
    if not number:
        raise Failure(Reason.PARAMETER_MISSING, "runner_type is missing", parameter="runner_type")
    if number not in set(RunnerType):
        raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, "no such runner type", parameter="runner_type")
    return RunnerType(number)


def _required(parameter: str, value: int | None) -> int:
    if value is None:
        raise Failure(Reason.PARAMETER_MISSING, f"{parameter} is missing", parameter=parameter)
    return value
