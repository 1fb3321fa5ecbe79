"""Which calls take job tokens, by the version of GitLab."""

from __future__ import annotations

from reference_server.storage.access.callers import CallerKind
from reference_server.storage.rules.gitlab import GitLab

_JOB_TOKENS = frozenset({CallerKind.JOB_TOKEN, CallerKind.JOB_TOKEN_AS_PASSWORD})
_PUBLISHING = frozenset({"PublishRequest", "BeginPublicationRequest"})
_DOWNLOADING = frozenset({"OpenPackageFileRequest"})
_WHATEVER_VERSION = frozenset({"RecognizeCredentialsRequest"})


def taken_kinds(request: str, declared: frozenset[CallerKind], gitlab: GitLab) -> frozenset[CallerKind]:
    """Return the kinds of caller that a GitLab lets in, of those that a call declares; `request` names its message."""
    refused: set[CallerKind] = set()
    if request in _PUBLISHING:
        if not gitlab.basic_job_tokens_publish:
            refused.add(CallerKind.JOB_TOKEN_AS_PASSWORD)
    elif request in _DOWNLOADING:
        if not gitlab.basic_job_tokens_download:
            refused.add(CallerKind.JOB_TOKEN_AS_PASSWORD)
    elif request not in _WHATEVER_VERSION and not gitlab.job_tokens_on_packages_api:
        refused |= _JOB_TOKENS
    return declared - refused
