"""GET /user and GET /version."""

from __future__ import annotations

from reference_server.frontend.rest import shapes
from reference_server.frontend.rest.handler import ApiHandler

# The GitLab whose packages API is served here; clients compare it with what they need.
_GITLAB_VERSION = "18.0.0"


class CurrentUser(ApiHandler):
    """Who the credentials belong to."""

    async def get(self) -> None:
        """Show the caller."""
        answer = await self.caller()
        self.send_json(200, shapes.user(answer.user, self.origin))

    head = get


class Version(ApiHandler):
    """What this server calls itself; told, as in GitLab, to known callers alone."""

    async def get(self) -> None:
        """Show the version."""
        await self.caller()
        self.send_json(200, {"version": _GITLAB_VERSION, "revision": "generic-packages-reference-server"})

    head = get
