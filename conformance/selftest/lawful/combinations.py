"""Many liberties at once: each combination is what one real chain of proxies, or a busy server, could look like."""

from __future__ import annotations

from conformance.selftest.lawful import bodies, connections, errors, framing, headers, validators
from conformance.selftest.lawful.liberties import together
from conformance.selftest.lawful.registry import LawfulRegistry


def _all_of(difference: str, *rows: LawfulRegistry) -> LawfulRegistry:
    exemptions = {exemption.requirements: exemption for row in rows for exemption in row.exemptions}
    return LawfulRegistry(
        difference,
        "; ".join(dict.fromkeys(row.source for row in rows)),
        together(*(row.make for row in rows)),
        exemptions=tuple(exemptions.values()),
    )


_HEADERS, _FRAMING, _BODIES = headers.LAWFUL, framing.LAWFUL, bodies.LAWFUL

LAWFUL = {
    "busy-edge": _all_of(
        "An edge of several proxies: chunks, foreign headers in odd case, hints, spaces, weak ETags, pages for errors.",
        _HEADERS["odd-case"],
        _HEADERS["space-around-values"],
        _HEADERS["unknown"],
        _HEADERS["no-reason"],
        _FRAMING["chunk-extensions"],
        _FRAMING["early-hints"],
        _FRAMING["small-pieces"],
        _HEADERS["links-written-tightly"],
        _HEADERS["several-challenges"],
        validators.LAWFUL["weak-etag"],
        errors.LAWFUL["html"],
    ),
    "plain-old-server": _all_of(
        "A plain old server: HTTP/1.0, no ranges, no validators, no Date, errors without a body.",
        connections.LAWFUL["http-1.0"],
        _HEADERS["no-date"],
        _HEADERS["upper-case"],
        validators.LAWFUL["no-etag"],
        validators.LAWFUL["no-last-modified"],
        validators.LAWFUL["no-ranges"],
        errors.LAWFUL["empty"],
    ),
    "next-version": _all_of(
        "A next version: new keys, other key order, escapes, large ids, times with an offset, types in other case.",
        _BODIES["escaped"],
        _BODIES["other-key-order"],
        _BODIES["unknown-keys"],
        _BODIES["graphql-extensions"],
        _BODIES["times-with-an-offset"],
        _BODIES["large-ids"],
        _HEADERS["octet-stream-case"],
        _HEADERS["disposition-case"],
        _HEADERS["json-charset"],
        validators.LAWFUL["range-of-unknown-length"],
    ),
}
