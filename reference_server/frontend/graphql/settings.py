"""Package settings of groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generic_packages.storage.v1.packages_pb2 import (
    GetPackageSettingsRequest,
    PackageSettings,
    UpdatePackageSettingsRequest,
)
from graphql import GraphQLError

from reference_server.contract.failure import Failure, Reason
from reference_server.frontend.graphql.lookups import Lookups, hides, if_visible


@dataclass(frozen=True, slots=True)
class SettingsNode:
    """The fields of PackageSettings."""

    generic_duplicates_allowed: bool
    generic_duplicate_exception_regex: str


@dataclass(frozen=True, slots=True)
class SettingsPayload:
    """The fields of the mutation's payload; with errors nothing was changed."""

    client_mutation_id: str | None
    errors: list[str]
    package_settings: SettingsNode | None


async def read_settings(lookups: Lookups, group: str) -> SettingsNode | None:
    """Read a group's settings; None for who may not."""
    request = GetPackageSettingsRequest(group=group)
    answer = await if_visible(lookups.call(lookups.services.packages.GetPackageSettings, request))
    return None if answer is None else _node(answer.settings)


async def update_settings(lookups: Lookups, wanted: Mapping[str, object]) -> SettingsPayload:
    """Change a group's settings as the input says. Raises GraphQLError, in GitLab's words, for who may not."""
    mutation_id = _text(wanted.get("clientMutationId"))
    path = _text(wanted["namespacePath"]) or ""
    allowed = wanted.get("genericDuplicatesAllowed")
    request = UpdatePackageSettingsRequest(
        group="" if path.isdecimal() else path,
        generic_duplicates_allowed=allowed if isinstance(allowed, bool) else None,
        generic_duplicate_exception_regex=_text(wanted.get("genericDuplicateExceptionRegex")),
    )
    try:
        answer = await lookups.call(lookups.services.packages.UpdatePackageSettings, request)
    except Failure as failure:
        if failure.reason is Reason.PARAMETER_INVALID:
            return SettingsPayload(mutation_id, [f"Generic duplicate exception regex {failure.message}"], None)
        if hides(failure):
            raise GraphQLError(
                "The resource that you are attempting to access does not exist "
                "or you don't have permission to perform this action"
            ) from None
        raise
    return SettingsPayload(mutation_id, [], _node(answer.settings))


def _node(settings: PackageSettings) -> SettingsNode:
    return SettingsNode(settings.generic_duplicates_allowed, settings.generic_duplicate_exception_regex)


def _text(value: object) -> str | None:
    """Return a text of the input; the schema lets nothing else through."""
    return value if isinstance(value, str) else None
