"""Every difference between the editions, each a named rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.rules.roles import Role

EditionName = Literal["15", "current"]


@dataclass(frozen=True, slots=True)
class Edition:
    """What one edition of GitLab's generic packages API does differently from another."""

    name: EditionName
    """What it is called."""
    strict_version_format: bool
    """Versions follow the documented regex instead of the present, laxer one."""
    nested_file_names: bool
    """File names may hold directories and the characters "~" and "@"."""
    private_download_role: Role
    """The lowest role that downloads from, and lists, a project that only members see."""
    exception_inverts_duplicates: bool
    """The duplicate exception also forbids where duplicates are allowed, instead of only allowing."""
    change_settings_role: Role
    """The lowest role in a group that changes its package settings."""
    packages_for_everyone: bool
    """A private project may open its package registry to everyone's downloads."""
    job_tokens_stay_home: bool
    """A project keeps the job tokens of other projects out until it lets them in."""

    files_open_by_id: bool
    """A package file can be downloaded by its id."""
    pipelines_of_packages: bool
    """The pipelines of a package can be listed."""
    protection_rules: bool
    """Projects have rules about who may publish and delete packages of certain names."""


_EDITIONS: dict[EditionName, Edition] = {
    "15": Edition(
        name="15",
        strict_version_format=True,
        nested_file_names=False,
        private_download_role=Role.REPORTER,
        exception_inverts_duplicates=False,
        change_settings_role=Role.MAINTAINER,
        packages_for_everyone=False,
        job_tokens_stay_home=False,
        files_open_by_id=False,
        pipelines_of_packages=False,
        protection_rules=False,
    ),
    "current": Edition(
        name="current",
        strict_version_format=False,
        nested_file_names=True,
        private_download_role=Role.GUEST,
        exception_inverts_duplicates=True,
        change_settings_role=Role.OWNER,
        packages_for_everyone=True,
        job_tokens_stay_home=True,
        files_open_by_id=True,
        pipelines_of_packages=True,
        protection_rules=True,
    ),
}


def edition(name: EditionName) -> Edition:
    """Return the rules of an edition: "15" is what GitLab 15 documents, "current" is GitLab 18."""
    return _EDITIONS[name]


def require(offered: bool) -> None:
    """Let what an edition offers pass. Raise NOT_IN_EDITION."""
    if not offered:
        raise Failure(Reason.NOT_IN_EDITION, "this came after the edition that the registry follows")
