"""What tokens look like, so that one half makes them and neither writes one to its log."""

from __future__ import annotations

import re
from typing import Final

ACCESS_PREFIX: Final = "glpat-"
DEPLOY_PREFIX: Final = "gldt-"
RUNNER_PREFIX: Final = "glrt-"
REGISTRATION_PREFIX: Final = "glreg-"
JOB_PREFIX: Final = "glcbt-"

_PREFIXES: Final = (ACCESS_PREFIX, DEPLOY_PREFIX, RUNNER_PREFIX, REGISTRATION_PREFIX, JOB_PREFIX)
_COMMON: Final = "gl"
_ENCODED_COMMON: Final = re.compile("%(?:67|6[cC]|25)")
_ENCODED: Final = "%(?:25)*"  # also a percent sign that was encoded itself, however often


def _readable_or_encoded(text: str) -> str:
    """Return a pattern for a text of which any character may be percent-encoded."""
    return "".join(f"(?:{re.escape(character)}|{_ENCODED}(?i:{ord(character):02x}))" for character in text)


_TOKEN: Final = re.compile(
    f"({_readable_or_encoded(_COMMON)}"
    f"(?:{'|'.join(_readable_or_encoded(prefix.removeprefix(_COMMON)) for prefix in _PREFIXES)}))"
    f"(?:[A-Za-z0-9_.-]|{_ENCODED}[0-9A-Fa-f]{{2}})+"
)


def without_tokens(text: str) -> str:
    """Return a text in which nothing but the prefix is left of each token, percent-encoded or not."""
    # Cheaper than the pattern: a prefix shows both letters, or at least one of them encoded.
    if _COMMON not in text and ("%" not in text or not _ENCODED_COMMON.search(text)):
        return text
    return _TOKEN.sub(r"\1[removed]", text)
