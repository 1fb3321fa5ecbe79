"""Which routes of the REST API are answered differently: DELETE where it only marks, jobs where a conflict is first."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from http import HTTPStatus
from typing import ClassVar

from generic_packages.storage.v1 import identity_pb2

from reference_server.contract.emulations import Emulation, Emulations
from reference_server.frontend.api.parameters import Parameters
from reference_server.frontend.http.responses import NO_CONTENT, Response, json_response
from reference_server.frontend.rest.ci import JobRequestsHandler
from reference_server.frontend.rest.groups_and_projects import GroupHandler, ProjectHandler
from reference_server.frontend.rest.handler import RestHandler
from reference_server.frontend.rest.routes import Routes

_MARK = "-deletion_scheduled-"
_MOST_RUNNERS = 4096
_CONFLICT = json_response(HTTPStatus.CONFLICT, {"message": "409 Conflict"})


class ScheduledProjectHandler(ProjectHandler):
    """One project, whose first DELETE marks it."""

    async def delete(self, project: str) -> None:
        """Mark a project for deletion; remove one that is marked when `permanently_remove` and `full_path` say so."""
        answer = await self.call(self.services.identity.GetProject, identity_pb2.GetProjectRequest(project=project))
        refusal = _refusal("project", answer.project.full_path, self.parameters)
        if refusal is None:
            await super().delete(project)
        else:
            self.send(refusal)


class ScheduledGroupHandler(GroupHandler):
    """One group, whose first DELETE marks it, and which goes for good at once only below another."""

    async def delete(self, group: str) -> None:
        """Mark a group for deletion; remove one that is marked when `permanently_remove` and `full_path` say so."""
        answer = await self.call(self.services.identity.GetGroup, identity_pb2.GetGroupRequest(group=group))
        full_path = answer.group.full_path
        if self.parameters.flag("permanently_remove") and "/" not in full_path:
            self.send(_bad_request("`permanently_remove` option is only available for subgroups."))
            return
        refusal = _refusal("group", full_path, self.parameters)
        if refusal is None:
            await super().delete(group)
        else:
            self.send(refusal)


class ConflictingJobRequestsHandler(JobRequestsHandler):
    """Where a runner asks for a job, the first time in vain."""

    is_first = False
    met: ClassVar[OrderedDict[bytes, None]] = OrderedDict()

    async def post(self) -> None:
        """Hand out one job and its token."""
        runner = hashlib.sha256(self.token("Runner-Token").encode()).digest()
        self.is_first = runner not in self.met
        self.met[runner] = None
        if len(self.met) > _MOST_RUNNERS:
            self.met.popitem(last=False)
        await super().post()

    def send_nothing(self) -> None:
        """Send a conflict the first time: there is no job yet, because jobs are late."""
        self.send(_CONFLICT if self.is_first else NO_CONTENT)


def emulated_routes(routes: Routes, emulations: Emulations) -> Routes:
    """Return the routes with the handlers that imitate what is wanted."""
    replaced: dict[type[RestHandler], type[RestHandler]] = {}
    if Emulation.SCHEDULED_DELETION in emulations:
        replaced |= {ProjectHandler: ScheduledProjectHandler, GroupHandler: ScheduledGroupHandler}
    if Emulation.LATE_JOBS in emulations:
        replaced[JobRequestsHandler] = ConflictingJobRequestsHandler
    return tuple((pattern, replaced.get(handler, handler)) for pattern, handler in routes)


def _refusal(kind: str, full_path: str, parameters: Parameters) -> Response | None:
    """Return why a DELETE does nothing, None when it marks what is not marked, or removes what is."""
    is_marked = _MARK in full_path.rpartition("/")[2]
    if not parameters.flag("permanently_remove"):
        return _bad_request(f"{kind.capitalize()} has already been marked for deletion") if is_marked else None
    if not is_marked:
        return _bad_request(f"{kind.capitalize()} must be marked for deletion first.")
    if parameters.given("full_path") != full_path:
        return _bad_request(f"`full_path` is incorrect. You must enter the complete path for the {kind}.")
    return None


def _bad_request(text: str) -> Response:
    return json_response(HTTPStatus.BAD_REQUEST, {"message": text})
