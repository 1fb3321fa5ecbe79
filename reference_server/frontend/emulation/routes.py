"""Which routes of the REST API are answered differently: requests for jobs, where a conflict comes first."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from http import HTTPStatus
from typing import ClassVar

from reference_server.contract.emulations import Emulation, Emulations
from reference_server.frontend.http.responses import NO_CONTENT, json_response
from reference_server.frontend.rest.ci import JobRequestsHandler
from reference_server.frontend.rest.routes import Routes

_MOST_RUNNERS = 4096
_CONFLICT = json_response(HTTPStatus.CONFLICT, {"message": "409 Conflict"})


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
    if Emulation.LATE_JOBS not in emulations:
        return routes
    return tuple(
        (pattern, ConflictingJobRequestsHandler if handler is JobRequestsHandler else handler)
        for pattern, handler in routes
    )
