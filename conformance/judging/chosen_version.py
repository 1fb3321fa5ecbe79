"""Which GitLab a registry is measured by: the one that the user told, else the one that the registry says it is."""

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


def choose_version(
    client: Client, credentials: Iterable[Credential | None], told: GitLabVersion | None = None
) -> ChosenVersion:
    """Return the version that the user told, else what the registry says, else the newest known version.

    The registry is asked in every case, by `GET /version` with the first credential that there is, so that reports can
    show where it says another version than it is measured by.
    """
    said = _said(client, credentials)
    if told is not None:
        return ChosenVersion(told, Reason.TOLD, said)
    return _heard(said)


def _said(client: Client, credentials: Iterable[Credential | None]) -> str | None:
    credential = next(filter(None, credentials), None)
    response = client.send(Request("GET", f"{API}/version", credential.headers() if credential else ()))
    said = response.key("version") if response.succeeded else None
    return said[:LONGEST] if isinstance(said, str) else None


def _heard(said: str | None) -> ChosenVersion:
    if said is None:
        return ChosenVersion(NEWEST, Reason.NEWEST)
    try:
        version = parse_version(said)
    except ValueError:
        return ChosenVersion(NEWEST, Reason.NEWEST, said)
    reason = Reason.REGISTRY if version <= NEWEST else Reason.NEWEST
    return ChosenVersion(max(OLDEST, min(version, NEWEST)), reason, said)
