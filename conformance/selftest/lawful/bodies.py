"""Liberties of bodies: how JSON is written, what else stands in it, and other numbers and times."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from conformance.selftest.endpoints import is_graphql
from conformance.selftest.lawful.identifiers import LargeIdentifiers
from conformance.selftest.lawful.liberties import every_json, every_object
from conformance.selftest.lawful.registry import LawfulRegistry, giving_up

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
NEW_YORK = timezone(timedelta(hours=-5))
WORDS = "RFC 8259, sections 2, 4 and 7: the same JSON in other words"
OTHER_TIMES = giving_up("publish.record-times-are-iso-8601", why="the times have another form of RFC 3339")
NOVELTY: dict[str, Any] = {
    "x_new_in_the_next_version": {"id": [None, {"name": "?"}]},
    "message_of_the_day": "Hello, \xe9\U0001f984",
}


def _with_novelty(document: dict[str, Any]) -> dict[str, Any]:
    return {**NOVELTY, **document}


def _with_extensions(document: Any) -> bytes:  # noqa: ANN401 - any JSON
    return json.dumps({**document, "extensions": {"complexity": 12, "timing": None}}).encode()


def _reversed(document: dict[str, Any]) -> dict[str, Any]:
    return dict(reversed(document.items()))


def _escaped(document: Any) -> bytes:  # noqa: ANN401 - any JSON
    """Return JSON in which every letter of every string is an escape."""
    written = re.sub(r'"((?:[^"\\]|\\.)*)"', _escape, json.dumps(document))
    return written.encode("ascii")


def _escape(match: re.Match[str]) -> str:
    text = json.loads(match[0])
    units = text.encode("utf-16-be").hex()
    return '"' + "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4)) + '"'


def _times(written: Callable[[datetime], str]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def change(document: dict[str, Any]) -> dict[str, Any]:
        return {key: _time(value, written) for key, value in document.items()}

    return change


def _time(value: Any, written: Callable[[datetime], str]) -> Any:  # noqa: ANN401 - any JSON
    return written(datetime.fromisoformat(value)) if isinstance(value, str) and TIME.fullmatch(value) else value


LAWFUL = {
    "unknown-keys": LawfulRegistry(
        "Every object of the REST API has keys that nobody knows.",
        "GitLab documentation, REST API, section Versioning and deprecations: fields may be added within v4",
        every_object(_with_novelty, but=is_graphql),
    ),
    "graphql-extensions": LawfulRegistry(
        "GraphQL answers have extensions beside their data.",
        "GraphQL specification of October 2021, section 7.1",
        every_json(_with_extensions, but=lambda request: not is_graphql(request)),
    ),
    "other-key-order": LawfulRegistry(
        "The keys of every object stand in the reverse order.",
        "RFC 8259, section 4: no order is meant",
        every_object(_reversed),
    ),
    "indented": LawfulRegistry(
        "JSON is indented, with blank lines before and after it.",
        WORDS,
        every_json(lambda document: b"\r\n\t " + json.dumps(document, indent="\t").encode() + b"\n\n"),
    ),
    "without-spaces": LawfulRegistry(
        "JSON has no spaces, and other letters than ASCII raw in UTF-8.",
        WORDS,
        every_json(lambda document: json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()),
    ),
    "escaped": LawfulRegistry("Every letter in JSON is an escape.", WORDS, every_json(_escaped)),
    "times-with-an-offset": LawfulRegistry(
        "Its times have the offset of New York.",
        "GitLab documentation, Change your time zone; RFC 3339, section 5.6",
        every_object(_times(lambda time: time.astimezone(NEW_YORK).isoformat(timespec="milliseconds"))),
        exemptions=OTHER_TIMES,
    ),
    "times-in-microseconds": LawfulRegistry(
        "Its times have six digits after the second.",
        "RFC 3339, section 5.6: any number of digits",
        every_object(_times(lambda time: time.isoformat(timespec="microseconds").replace("+00:00", "Z"))),
        exemptions=OTHER_TIMES,
    ),
    "large-ids": LawfulRegistry(
        "Its ids are beyond 32 bits.",
        "GitLab converts its primary keys to bigint",
        LargeIdentifiers,
    ),
}
