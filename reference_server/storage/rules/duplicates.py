"""Whether a package may get a second file of one name."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import re2

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.rules.gitlab import GitLab

_LONGEST_REGEX = 255  # characters
_REGEX_BYTES = 1024 * 1024
_COMPILED = 64


@dataclass(frozen=True, slots=True)
class DuplicateSettings:
    """What a group says of duplicates in its own projects; the regex is empty for no exception."""

    allowed: bool = True
    exception_regex: str = ""


def forbids_duplicates(settings: DuplicateSettings, name: str, version: str, gitlab: GitLab) -> bool:
    """Return whether a file name may not be published again in the package of this name and version."""
    excepted = bool(settings.exception_regex) and _matches(settings.exception_regex, name, version)
    if settings.allowed:
        return excepted and gitlab.exception_inverts_duplicates
    return not excepted


def check_exception_regex(regex: str) -> None:
    """Let a regex pass that may be an exception. Raise PARAMETER_INVALID."""
    if len(regex) > _LONGEST_REGEX:
        raise _invalid(f"is too long (maximum is {_LONGEST_REGEX} characters)")
    try:
        _compiled(regex)
        _compiled(_anchored(regex))
    except re2.error as error:
        raise _invalid(f"not valid RE2 syntax: {_words(error)}") from None


def _matches(regex: str, name: str, version: str) -> bool:
    """Return whether a regex, anchored, matches the name or the version."""
    pattern = _compiled(_anchored(regex))
    return any(pattern.search(text) is not None for text in (name, version))


def _anchored(regex: str) -> str:
    """Return a regex between anchors, without a group, as GitLab does (`app/models/namespace/package_setting.rb`).

    Of alternatives only the first is bound to the beginning so, and only the last to the end.
    """
    return rf"\A{regex}\z"


@functools.lru_cache(maxsize=_COMPILED)
def _compiled(regex: str) -> re2._Regexp:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = _REGEX_BYTES
    return re2.compile(regex, options)


def _words(error: re2.error) -> str:
    """Return what RE2 says of a regex."""
    words = error.args[0] if error.args else "it is too large"
    return words.decode(errors="replace") if isinstance(words, bytes) else str(words)


def _invalid(message: str) -> Failure:
    return Failure(Reason.PARAMETER_INVALID, message, parameter="generic_duplicate_exception_regex")
