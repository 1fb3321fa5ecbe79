"""/-/openapi.yaml: the description of every route, in OpenAPI's format."""

from __future__ import annotations

from http import HTTPStatus
from importlib import resources
from typing import Final

from reference_server.frontend.http.responses import Response
from reference_server.frontend.rest.handler import RestHandler

_DESCRIPTION: Final = Response(
    HTTPStatus.OK,
    resources.files(__package__).joinpath("openapi.yaml").read_bytes(),
    content_type="application/yaml",
)


class DescriptionHandler(RestHandler):
    """The description of the API, for everybody."""

    async def get(self) -> None:
        self.send(_DESCRIPTION)


ROUTES: Final = (("/-/openapi.yaml", DescriptionHandler),)
