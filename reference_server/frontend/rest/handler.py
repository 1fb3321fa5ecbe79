"""The base of GitLab's REST endpoints, which have lists."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from generic_packages.storage.v1.packages_pb2 import GivenPart

from reference_server.frontend.api.handler import ApiHandler
from reference_server.frontend.http.answers import JsonValue, json_answer
from reference_server.frontend.rest.pagination import PageRequest, ordered_page_headers, page_headers


class RestHandler(ApiHandler):
    """One REST call."""

    def send_page(self, items: Sequence[JsonValue], page: PageRequest, total: int) -> None:
        """Send one page of a counted list."""
        self.send(json_answer(HTTPStatus.OK, list(items), *page_headers(self.request, page, total)))

    def send_ordered_page(self, items: Sequence[JsonValue], part: GivenPart) -> None:
        """Send one page of a list that the storage ordered and cut."""
        self.send(json_answer(HTTPStatus.OK, list(items), *ordered_page_headers(self.request, part)))
