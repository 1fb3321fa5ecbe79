"""Which GitLab the registry follows: every rule that changed between GitLab's versions, with its version and source.

A rule holds from a version on. Where GitLab put a change behind a feature flag that is off by default, the rule holds
earlier, or holds at all, for an operator who switches that feature on. MR, issue and epic numbers are those of
gitlab-org/gitlab.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, overload

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.rules.gitlab_version import NEWEST, GitLabVersion, read_version


class UnknownFeatureError(ValueError):
    """A feature flag that decides nothing here; the message names those that do."""


@dataclass(frozen=True, slots=True)
class FeatureFlag:
    """A feature flag that is off by default, and the first version that has it."""

    name: str
    since: GitLabVersion


class Milestone:
    """From which version on a rule holds, and with which feature flag from an earlier one on.

    As an attribute of a GitLab it is whether the rule holds there.
    """

    def __init__(self, since: str | None = None, *, feature: str = "", feature_since: str = "") -> None:
        self.since: Final = read_version(since) if since else None
        self.flag: Final = FeatureFlag(feature, read_version(feature_since)) if feature else None

    def __set_name__(self, owner: type[GitLab], name: str) -> None:
        """Take the name of the rule."""
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type[GitLab]) -> Milestone: ...
    @overload
    def __get__(self, instance: GitLab, owner: type[GitLab]) -> bool: ...
    def __get__(self, instance: GitLab | None, owner: type[GitLab]) -> Milestone | bool:
        """Return the milestone itself from the class, and from a GitLab whether the rule holds."""
        if instance is None:
            return self
        holds = self.holds(instance.version, instance.features)
        instance.__dict__[self._name] = holds  # found there from now on: requests ask often
        return holds

    def holds(self, version: GitLabVersion, features: frozenset[str]) -> bool:
        """Return whether the rule holds in a version with these features switched on."""
        if self.since is not None and version >= self.since:
            return True
        return self.flag is not None and self.flag.name in features and version >= self.flag.since


@dataclass(frozen=True)
class GitLab:
    """A version of GitLab and the feature flags that are on in it; its rules are its attributes."""

    version: GitLabVersion = NEWEST
    features: frozenset[str] = frozenset()

    @property
    def told_version(self) -> str:
        """Return the version as GitLab tells it to clients, such as "16.8.0-ee"."""
        return f"{self.version}.0-ee"

    nested_file_names = Milestone("17.1")
    """File names may have directories before them (MR !153449, `CHANGELOG.md`, 17.1.0, Added)."""
    tilde_in_file_names = Milestone("18.1")
    """File names may hold "~", not first and not last (`lib/gitlab/regex/packages.rb`, issue #537633).

    17.10.3 refuses it and the documentation of 18.6 lists it; 18.1 is inferred: the issue is younger than 17.11.0, and
    what `CHANGELOG.md` says was added in 18.0.0 does not name it.
    """
    at_sign_in_file_names = Milestone("18.6")
    """File names may hold "@", not first and not last (documentation of generic packages in 18.6, "Valid package
    filename format", the first that is known to list it)."""
    lax_version_format = Milestone("16.0")
    """Versions hold any of the characters in any order but ".." (`maven_version_regex` in
    `lib/gitlab/regex/packages.rb`); before, they follow the documented pattern."""

    guests_download = Milestone(feature="allow_guest_plus_roles_to_pull_packages", feature_since="17.9")
    """Guests download from, and list, a project that only members see (MR !177267); else reporters and above."""
    packages_for_everyone = Milestone("15.7")
    """A private project may open its package registry to everyone's downloads (issue #329253; documentation of the
    package registry: in 15.7, behind the flag `package_registry_access_level`, which is on by default)."""
    basic_job_tokens_download = Milestone("16.8")
    """A job token is also taken as the password of Basic for downloads (MR !138770)."""
    basic_job_tokens_publish = Milestone("19.0")
    """A job token is also taken as the password of Basic for publishing (MRs !239076, !239323)."""
    job_tokens_on_packages_api = Milestone("15.3")
    """Job tokens are taken on the packages API (MR !91437)."""
    job_tokens_stay_home = Milestone("15.9")
    """A new project keeps the job tokens of other projects out until it lets them in (issue #340822, MRs !109689 and
    !110196; documentation of job tokens: in 15.9, behind `inbound_ci_scoped_job_token`, which is on by default)."""

    owners_change_settings = Milestone(
        "17.0", feature="raise_group_admin_package_permission_to_owner", feature_since="16.1"
    )
    """Changing a group's package settings needs an owner, before it a maintainer (MR !118360, issue #370471;
    documentation of generic packages: in 17.0; the flag's own file names 16.1)."""
    exception_inverts_duplicates = Milestone(
        "17.9", feature="packages_allow_duplicate_exceptions", feature_since="17.7"
    )
    """The duplicate exception also forbids where duplicates are allowed, instead of only allowing (MR !165467).

    The flag's own file names 17.7 and that it is off; the version without the flag, 17.9, is inferred.
    """
    protection_rules = Milestone("18.1")
    """Projects can have rules about who may publish and delete generic packages of certain names (issue #323973;
    documentation of protected packages)."""
    protection_rules_enforced = Milestone("18.2", feature="packages_protected_packages_generic", feature_since="18.1")
    """Those rules keep callers out (MR !189435, issue #537971); in 18.1 the flag that makes them do so is off."""

    files_open_by_id = Milestone("18.4")
    """A package file can be downloaded by its id (`lib/api/package_files.rb`)."""
    pipelines_of_packages = Milestone("16.1")
    """The pipelines of a package can be listed (issue #341950; documentation of the packages API, where the history
    of the call says 16.1 and a note on a deprecated attribute says 16.0)."""
    checksum_header = Milestone("18.6")
    """A download names its SHA-256 in X-Checksum-SHA256 (MR !210599)."""
    content_type_by_name = Milestone(
        "19.0", feature="packages_generic_package_content_type_allowlist", feature_since="18.9"
    )
    """A download has the content type of its file name, if that is safe (`lib/gitlab/content_types.rb`, MR !202213;
    the flag's own file names 18.9)."""

    token_rotation = Milestone("16.0")
    """Access tokens can be replaced by new ones (issue #403042; documentation of the three APIs of access tokens)."""
    rotation_takes_expiry = Milestone("16.6")
    """Whoever replaces a token says when the new one expires (issue #416795); before, it is in a week."""
    token_self_rotation = Milestone("16.10")
    """A token replaces itself under the name `self` (issue #426779)."""

    user_runners = Milestone("15.11")
    """Users create runners (MR !116119); in every version runners may register with a registration token."""
    delayed_deletion = Milestone("18.0")
    """Deleting a project or group only marks it; deleting it a second time can remove it (epic 17208)."""


def milestones() -> Iterator[tuple[str, Milestone]]:
    """Yield the name of every rule, with its milestone."""
    for name, value in vars(GitLab).items():
        if isinstance(value, Milestone):
            yield name, value


KNOWN_FEATURES: Final = tuple(sorted(one.flag.name for _, one in milestones() if one.flag is not None))
"""Every feature flag that decides about a rule."""


def read_feature(name: str) -> str:
    """Return a feature flag's name if it decides about a rule. Raise UnknownFeatureError."""
    if name not in KNOWN_FEATURES:
        raise UnknownFeatureError(f"must be a feature flag that decides something: {', '.join(KNOWN_FEATURES)}")
    return name


def read_gitlab(version: str = str(NEWEST), features: Iterable[str] = ()) -> GitLab:
    """Return the GitLab of a version with these features switched on. Raise GitLabVersionError, UnknownFeatureError."""
    return GitLab(read_version(version), frozenset(read_feature(name) for name in features))


def require(offered: bool) -> None:
    """Let what the followed GitLab offers pass. Raise NOT_IN_VERSION."""
    if not offered:
        raise Failure(Reason.NOT_IN_VERSION, "the version of GitLab that the registry follows does not have this")
