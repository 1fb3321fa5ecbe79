"""Tokens of the run: each lives two days at most, is told to the redactor, and is carried as its kind is."""

from datetime import UTC, datetime, timedelta

from conformance.target.access import Carriage, Credential, Unavailable
from conformance.target.rest import Made, Parameters, RestApi
from conformance.transport.redaction import SHORTEST_SECRET, Redactor

TOKEN_LIFETIME = timedelta(days=2)


class TokenMaker:
    """Makes tokens with the owner's credential."""

    def __init__(self, api: RestApi, redactor: Redactor, prefix: str) -> None:
        self._api = api
        self._redactor = redactor
        self._prefix = prefix

    def make(
        self, path: str, name: str, variable: str, carriage: Carriage, parameters: Parameters
    ) -> tuple[Made, Credential]:
        """Make a token at `path`.

        Raises Unavailable when the registry refuses to make it or does not show it.
        """
        expires = (datetime.now(UTC) + TOKEN_LIFETIME).date().isoformat()
        made = self._api.create(path, {"name": f"{self._prefix} {name}", "expires_at": expires, **parameters})
        return made, self.credential(made, variable, carriage)

    def credential(self, made: Made, variable: str, carriage: Carriage) -> Credential:
        """Return the credential of a token that was made.

        Raises Unavailable when the registry did not show it.
        """
        if len(made.token) < SHORTEST_SECRET:
            raise Unavailable(f"the registry made what {variable} stands for and did not show its token")
        self._redactor.add(variable, made.token)
        return Credential(variable, made.token, carriage)
