"""Which GitLab a registry is measured by when the user does not say: the one that the registry says it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from conformance.requirements.gitlab_version import NEWEST, OLDEST, GitLabVersion, parse_version
from conformance.target.access import Credential
from conformance.transport.address import API
from conformance.transport.client import Client
from conformance.transport.request import Request

LONGEST = 40  # characters of a version that reports show


class Reason(StrEnum):
    """Why a version is the measure."""

    TOLD = "told"
    REGISTRY = "the registry says"
    NEWEST = "newest known"


@dataclass(frozen=True, slots=True)
class ChosenVersion:
    """The version that is the measure, and why; `said` is the registry's own word where it has been asked and said one.

    What a registry says is cut down to the versions that the requirements know: to the newest one or to the oldest.
    """

    version: GitLabVersion
    reason: Reason
    said: str | None = None


def choose_version(client: Client, credentials: Iterable[Credential | None]) -> ChosenVersion:
    """Return what `GET /version` says, asked with the first credential that there is; else the newest known version."""
    credential = next(filter(None, credentials), None)
    response = client.send(Request("GET", f"{API}/version", credential.headers() if credential else ()))
    said = response.key("version") if response.succeeded else None
    if not isinstance(said, str):
        return ChosenVersion(NEWEST, Reason.NEWEST)
    try:
        version = parse_version(said)
    except ValueError:
        return ChosenVersion(NEWEST, Reason.NEWEST, said[:LONGEST])
    reason = Reason.REGISTRY if version <= NEWEST else Reason.NEWEST
    return ChosenVersion(max(OLDEST, min(version, NEWEST)), reason, said[:LONGEST])
