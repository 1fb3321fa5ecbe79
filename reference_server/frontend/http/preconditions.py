"""Conditional requests (RFC 9110, section 13), evaluated against the state that would be sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus

_ENTITY_TAG = re.compile(r'(?P<weak>W/)?(?P<opaque>"[^"]*")')


@dataclass(frozen=True, slots=True)
class Validators:
    """What identifies a state of a content: a strong entity tag with its quotes, and a time in whole seconds."""

    entity_tag: str
    modified: datetime

    @property
    def last_modified(self) -> str:
        """The time as HTTP writes it."""
        return format_datetime(self.modified, usegmt=True)


def evaluate_preconditions(headers: Mapping[str, str], validators: Validators) -> HTTPStatus:
    """Return OK, NOT_MODIFIED or PRECONDITION_FAILED.

    If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since count in the RFC's order.
    """
    if "If-Match" in headers:
        if not _lists(headers["If-Match"], validators.entity_tag, weakly=False):
            return HTTPStatus.PRECONDITION_FAILED
    elif _is_after(validators.modified, headers.get("If-Unmodified-Since")):
        return HTTPStatus.PRECONDITION_FAILED
    if "If-None-Match" in headers:
        if _lists(headers["If-None-Match"], validators.entity_tag, weakly=True):
            return HTTPStatus.NOT_MODIFIED
    elif _is_after(validators.modified, headers.get("If-Modified-Since")) is False:
        return HTTPStatus.NOT_MODIFIED
    return HTTPStatus.OK


def range_applies(if_range: str | None, validators: Validators) -> bool:
    """Return whether a Range header counts beside this If-Range header: only for exactly the same state."""
    if if_range is None:
        return True
    return if_range.strip() in {validators.entity_tag, validators.last_modified}


def _lists(header: str, entity_tag: str, *, weakly: bool) -> bool:
    """Return whether a list of entity tags holds this one; `*` holds every one."""
    if header.strip() == "*":
        return True
    return any(
        match["opaque"] == entity_tag and (weakly or not match["weak"]) for match in _ENTITY_TAG.finditer(header)
    )


def _is_after(modified: datetime, header: str | None) -> bool | None:
    """Return whether the content changed after the date; None without a date that can be read."""
    if header is None:
        return None
    try:
        date = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    return modified > (date if date.tzinfo else date.replace(tzinfo=UTC))
