"""Tokens of the run: each lives two days at most and is carried as its kind is."""

from datetime import UTC, datetime, timedelta

from conformance.target.access import AuthenticationScheme, Credential, Unavailable
from conformance.target.rest import CreatedResource, Parameters, RestApi
from conformance.transport.redaction import SHORTEST_SECRET

TOKEN_LIFETIME = timedelta(days=2)


class TokenIssuer:
    """Makes tokens with the owner's credential; `made` are those of the run, however they came about."""

    def __init__(self, api: RestApi, prefix: str) -> None:
        self._api = api
        self._prefix = prefix
        self.made: list[Credential] = []

    def make(
        self, path: str, name: str, variable: str, scheme: AuthenticationScheme, parameters: Parameters
    ) -> tuple[CreatedResource, Credential]:
        """Make a token at `path`.

        Raises Unavailable when the registry refuses to make it or does not show it.
        """
        expires = (datetime.now(UTC) + TOKEN_LIFETIME).date().isoformat()
        whole: Parameters = {"name": f"{self._prefix} {name}", "expires_at": expires, **parameters}
        made = self._api.create(path, whole, variable)
        return made, self.shown(made, variable, scheme)

    def shown(self, made: CreatedResource, variable: str, scheme: AuthenticationScheme) -> Credential:
        """Return the credential of a token that was made, and remember it.

        Raises Unavailable when the registry did not show it.
        """
        if len(made.token) < SHORTEST_SECRET:
            raise Unavailable(f"the registry made what {variable} stands for and did not show its token")
        self.made.append(Credential(variable, made.token, scheme))
        return self.made[-1]
