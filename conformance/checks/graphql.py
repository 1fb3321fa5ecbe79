"""GraphQL as the checks speak it: the settings of groups, asked for and changed."""

from dataclasses import dataclass

from conformance.target.access import Credential
from conformance.target.registry import Registry
from conformance.transport.response import Response

PATH = "/api/graphql"
FIELDS = "genericDuplicatesAllowed genericDuplicateExceptionRegex"
QUERY = f"query($path: ID!) {{ group(fullPath: $path) {{ packageSettings {{ {FIELDS} }} }} }}"
MUTATION = f"""mutation($input: UpdateNamespacePackageSettingsInput!) {{
  updateNamespacePackageSettings(input: $input) {{ errors packageSettings {{ {FIELDS} }} }} }}"""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a group says of duplicates."""

    allowed: bool
    exception: str = ""

    def as_input(self) -> dict[str, object]:
        """Return the settings as GraphQL names them."""
        return {"genericDuplicatesAllowed": self.allowed, "genericDuplicateExceptionRegex": self.exception}


def graphql(registry: Registry, query: str, variables: dict[str, object], credential: Credential | None) -> Response:
    """Return the response to a query."""
    document = {"query": query, "variables": variables}
    return registry.call("POST", PATH, document=document, credential=credential)


def settings_of(registry: Registry, group: str, credential: Credential | None) -> Response:
    """Return the response with the settings of a group by its full path."""
    return graphql(registry, QUERY, {"path": group}, credential)


def set_policy(registry: Registry, group: str, policy: Policy, credential: Credential | None) -> Response:
    """Change the settings of a group by its full path."""
    return graphql(registry, MUTATION, {"input": {"namespacePath": group, **policy.as_input()}}, credential)


def inside(response: Response, *keys: str) -> object:
    """Return what lies in the data of a response under the keys, one inside the other; None when it is not there."""
    found = response.key("data")
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def shown_policy(response: Response) -> Policy | None:
    """Return the policy that a response to `settings_of` shows, None when it shows none."""
    found = inside(response, "group", "packageSettings")
    if not isinstance(found, dict):
        return None
    return Policy(found.get("genericDuplicatesAllowed") is True, str(found.get("genericDuplicateExceptionRegex") or ""))


def was_set(response: Response) -> bool:
    """Return whether a change of settings was done: no errors of either kind, and the settings in the response."""
    done = inside(response, "updateNamespacePackageSettings")
    settings = done.get("packageSettings") if isinstance(done, dict) else None
    return (
        bool(settings)
        and not response.key("errors")
        and inside(response, "updateNamespacePackageSettings", "errors") == []
    )
