"""GET /user and GET /version."""

from __future__ import annotations

from typing import Final

from reference_server.frontend.rest.handler import ApiHandler
from reference_server.frontend.rest.shapes import users

# The GitLab whose packages API each edition follows; clients compare it with what they need.
_VERSIONS: Final = {"15": "15.11.13"}
_CURRENT_VERSION: Final = "18.6.0"


class CurrentUser(ApiHandler):
    """Who the credentials belong to."""

    async def get(self) -> None:
        """Show the caller."""
        answer = await self.caller()
        self.send_json(200, users.user(answer.user, self.origin))


class Version(ApiHandler):
    """What this server calls itself; told, as in GitLab, to known callers alone."""

    async def get(self) -> None:
        """Show the version."""
        answer = await self.caller()
        version = _VERSIONS.get(answer.edition, _CURRENT_VERSION)
        self.send_json(200, {"version": version, "revision": "generic-packages-reference-server"})
