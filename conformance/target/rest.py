"""GitLab's REST API as far as setting a registry up needs it: JSON in, JSON out, and the tokens of the run."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from itertools import islice
from typing import TypeAlias

from conformance.content.generator import LiteralContent
from conformance.target.access import AuthenticationScheme, Credential, Unavailable
from conformance.transport.address import API
from conformance.transport.client import Client
from conformance.transport.clock import Clock
from conformance.transport.recorder import Recorder
from conformance.transport.redaction import SHORTEST_SECRET, Redactor, is_token
from conformance.transport.request import Body, Request
from conformance.transport.response import Response, describe

Parameters: TypeAlias = Mapping[str, str | int | bool | list[str]]
SHOWN = "SHOWN_TOKEN"
TOKEN_LIFETIME = timedelta(days=2)
SHOWN_TOKENS = 16  # in one response; GitLab shows one
PATH = re.compile(r"[!-~]*")
TOKEN = re.compile(r'"token"\s*:\s*"((?:[^"\\]|\\.)*)')


@dataclass(frozen=True, slots=True)
class CreatedResource:
    """What a POST answered: the id of the new thing and, for a token, its secret."""

    id: int
    path: str
    token: str


class RestApi:
    """Speaks to /api/v4 with one credential; what it makes is recorded as set-up, not as a requirement's traffic.

    The redactor learns every token that is shown, whatever else is wrong with the response.
    """

    def __init__(self, client: Client, recorder: Recorder, credential: Credential, redactor: Redactor) -> None:
        self._client = client
        self._recorder = recorder
        self._credential = credential
        self._redactor = redactor

    def acting_as(self, credential: Credential) -> "RestApi":
        """Return the API with another credential."""
        return RestApi(self._client, self._recorder, credential, self._redactor)

    @property
    def clock(self) -> Clock:
        """The clock to wait by."""
        return self._client.clock

    @contextmanager
    def setting_up(self) -> Iterator[None]:
        """Have what is sent inside recorded as set-up."""
        with self._recorder.during("set-up"):
            yield

    def create(self, path: str, parameters: Parameters, variable: str = SHOWN) -> CreatedResource:
        """Make something; `variable` stands for its token, if it has one, in reports.

        Raises Unavailable when the response is no 201 with an id.
        """
        with self._recorder.during("set-up"):
            response = self.send("POST", path, parameters, variable)
        return created_resource(response, path)

    def change(self, path: str, parameters: Parameters) -> None:
        """Change something.

        Raises Unavailable when the response is no 200.
        """
        with self._recorder.during("set-up"):
            response = self.send("PUT", path, parameters)
        if response.status != HTTPStatus.OK:
            raise Unavailable(f"PUT {API}{path} answered {describe(response)}")

    def send(self, method: str, path: str, parameters: Parameters, variable: str = SHOWN) -> Response:
        """Send parameters as JSON and return the response; `variable` stands for tokens in it."""
        body = Body(LiteralContent(json.dumps(parameters).encode()))
        headers = (*self._credential.headers(), ("Content-Type", "application/json"))
        response = self._client.send(Request(method, API + path, headers, body))
        for token in _tokens_in(response):
            self._redactor.add(variable, token)
        return response

    def delete(self, path: str) -> Response:
        """Remove something and return the response."""
        return self._client.send(Request("DELETE", API + path, self._credential.headers()))

    def get(self, path: str) -> Response:
        """Read something and return the response."""
        return self._client.send(Request("GET", API + path, self._credential.headers()))


class TokenIssuer:
    """Makes tokens with the owner's credential; they expire two days after `day`, that of the run.

    `made` are those of the run, however they came about.
    """

    def __init__(self, api: RestApi, prefix: str, day: date) -> None:
        self._api = api
        self._prefix = prefix
        self._expires = (day + TOKEN_LIFETIME).isoformat()
        self.made: list[Credential] = []

    def make(
        self, path: str, name: str, variable: str, scheme: AuthenticationScheme, parameters: Parameters
    ) -> tuple[CreatedResource, Credential]:
        """Make a token at `path`.

        Raises Unavailable when the registry refuses to make it or does not show it.
        """
        whole: Parameters = {"name": f"{self._prefix} {name}", "expires_at": self._expires, **parameters}
        made = self._api.create(path, whole, variable)
        return made, self.shown(made, variable, scheme)

    def shown(self, made: CreatedResource, variable: str, scheme: AuthenticationScheme) -> Credential:
        """Return the credential of a token that was made, and remember it.

        Raises Unavailable when the registry did not show it.
        """
        if not is_token(made.token):
            raise Unavailable(f"the registry made what {variable} stands for and did not show its token")
        self.made.append(Credential(variable, made.token, scheme))
        return self.made[-1]


def created_resource(response: Response, path: str) -> CreatedResource:
    """Return what a POST to `path` has made.

    Raises Unavailable when its response is no 201 with an id.
    """
    identifier = response.key("id")
    full_path = response.key("path_with_namespace") or response.key("full_path") or response.key("path") or ""
    created = response.status == HTTPStatus.CREATED and type(identifier) is int and PATH.fullmatch(str(full_path))
    if not created or not isinstance(identifier, int):
        raise Unavailable(f"POST {API}{path} answered {describe(response)}")
    return CreatedResource(identifier, str(full_path), str(response.key("token") or ""))


def _tokens_in(response: Response) -> Iterator[str]:
    """Yield every token in a body, which may be cut off, as it is written there and as it reads without escapes."""
    for match in islice(TOKEN.finditer(response.kept.decode("utf-8", "replace")), SHOWN_TOKENS):
        for form in (match[1], _unescaped(match[1])):
            if len(form) >= SHORTEST_SECRET and form.isprintable():
                yield form


def _unescaped(written: str) -> str:
    try:
        return str(json.loads(f'"{written}"', strict=False))
    except ValueError:
        return written
