"""GitLab's REST API as far as setting a registry up needs it: JSON in, JSON out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from conformance.content.generator import LiteralContent
from conformance.target.access import Credential, Unavailable
from conformance.transport.address import API
from conformance.transport.answer import Answer, described
from conformance.transport.client import Client
from conformance.transport.recorder import Recorder
from conformance.transport.request import Body, Request

Parameters: TypeAlias = Mapping[str, str | int | bool | list[str]]


@dataclass(frozen=True, slots=True)
class Made:
    """What a POST answered: the id of the new thing and, for a token, its secret."""

    id: int
    path: str
    token: str


class RestApi:
    """Speaks to /api/v4 with one credential; what it makes is recorded as set-up, not as a requirement's traffic."""

    def __init__(self, client: Client, recorder: Recorder, credential: Credential) -> None:
        self._client = client
        self._recorder = recorder
        self._credential = credential

    def acting_as(self, credential: Credential) -> "RestApi":
        """Return the API with another credential."""
        return RestApi(self._client, self._recorder, credential)

    def create(self, path: str, parameters: Parameters) -> Made:
        """Make something.

        Raises Unavailable when the answer is no 201 with an id.
        """
        with self._recorder.during("set-up"):
            answer = self.send("POST", path, parameters)
        return made_by(answer, path)

    def change(self, path: str, parameters: Parameters) -> None:
        """Change something.

        Raises Unavailable when the answer is no 200.
        """
        with self._recorder.during("set-up"):
            answer = self.send("PUT", path, parameters)
        if answer.status != 200:  # noqa: PLR2004 - OK
            raise Unavailable(f"PUT {API}{path} answered {described(answer)}")

    def send(self, method: str, path: str, parameters: Parameters) -> Answer:
        """Send parameters as JSON and return the answer."""
        body = Body(LiteralContent(json.dumps(parameters).encode()))
        headers = (*self._credential.headers(), ("Content-Type", "application/json"))
        return self._client.ask(Request(method, API + path, headers, body))

    def delete(self, path: str) -> Answer:
        """Remove something and return the answer."""
        return self._client.ask(Request("DELETE", API + path, self._credential.headers()))

    def get(self, path: str) -> Answer:
        """Read something and return the answer."""
        return self._client.ask(Request("GET", API + path, self._credential.headers()))


def made_by(answer: Answer, path: str) -> Made:
    """Return what a POST to `path` has made.

    Raises Unavailable when its answer is no 201 with an id.
    """
    identifier = answer.key("id")
    if answer.status != 201 or not isinstance(identifier, int):  # noqa: PLR2004 - Created
        raise Unavailable(f"POST {API}{path} answered {described(answer)}")
    full_path = answer.key("path_with_namespace") or answer.key("full_path") or answer.key("path") or ""
    return Made(identifier, str(full_path), str(answer.key("token") or ""))
