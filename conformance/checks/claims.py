"""What answers claim of the bytes that they bring: digests, codings, ranges; each function names the untrue claims."""

import base64
import binascii
import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from email import policy
from email.message import Message
from email.parser import BytesParser

from conformance.content.generator import Content, LiteralContent
from conformance.target.access import Unavailable
from conformance.transport.response import Response

ALGORITHMS = {
    "md5": "md5",
    "sha": "sha1",
    "sha1": "sha1",
    "sha256": "sha256",
    "sha512": "sha512",
}
CHECKSUMS = ("x-checksum-md5", "x-checksum-sha1", "x-checksum-sha256", "x-checksum-sha512")
DIGESTS = ("digest", "repr-digest", "content-digest", "x-goog-hash")
RECORD_CHECKSUMS = {"file_md5": "md5", "file_sha1": "sha1", "file_sha256": "sha256"}
CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", re.ASCII | re.IGNORECASE)
UNSATISFIED_RANGE = re.compile(r"bytes \*/(\d{1,18})", re.ASCII | re.IGNORECASE)


def all_of(content: Content) -> bytes:
    """Return the bytes of a small content."""
    return b"".join(content.chunks())


def untrue_checksums(response: Response, content: Content) -> list[str]:
    """Return the X-Checksum headers that are not those of a content."""
    data = all_of(content)
    found = [(name, response.header(name)) for name in CHECKSUMS]
    return [
        f"{name}: {value}"
        for name, value in found
        if value is not None and value.strip().lower() != _digest(name.rpartition("-")[2], data).hex()
    ]


def untrue_digests(response: Response, content: Content) -> list[str]:
    """Return the digests of the body, in headers of several standards, that are not those of a content.

    An algorithm that is not known here claims nothing.
    """
    data = all_of(content)
    claims = [(name, *claim) for name in DIGESTS for claim in _digests(response.header(name) or "")]
    md5 = response.header("content-md5")
    claims += [("content-md5", "md5", md5)] if md5 is not None else []
    return [
        f"{name}: {algorithm} {encoded}"
        for name, algorithm, encoded in claims
        if _decoded_base64(encoded) != _digest(algorithm, data)
    ]


def untrue_record(record: Mapping[str, object], content: Content) -> list[str]:
    """Return what a record of a package file says of its size and checksums, unless it is null, and is not so."""
    data = all_of(content)
    true = {"size": len(data), **{key: _digest(name, data).hex() for key, name in RECORD_CHECKSUMS.items()}}
    found = {key: record.get(key) for key in true}
    return [f"{key} {value!r}" for key, value in found.items() if value is not None and value != true[key]]


def decoded(response: Response) -> bytes | None:
    """Return the body of an answer without its Content-Encoding, None when it cannot be decoded.

    Raises Unavailable when there is no longer the whole body to decode.
    """
    if len(response.kept) < response.size:
        raise Unavailable("the coded body is not kept")
    data = response.kept
    for coding in reversed(_names(response.header("content-encoding") or "")):
        try:
            data = _without(coding, data)
        except (zlib.error, KeyError):
            return None
    return data


def untrue_parts(response: Response, content: LiteralContent) -> list[str]:
    """Return what is untrue in an answer to a request for a part of a content, or for several."""
    if response.status == 200:  # noqa: PLR2004 - the whole file
        return [] if response.sha256 == content.sha256 else ["200 with other bytes than the file's"]
    if response.status != 206:  # noqa: PLR2004 - a part of it
        return []
    if not (response.header("content-type") or "").lower().startswith("multipart/byteranges"):
        return _untrue_part(response.header("content-range"), response.size, response.sha256, content)
    if response.header("content-range") is not None:
        return ["Content-Range beside multipart/byteranges"]
    if len(response.kept) < response.size:
        raise Unavailable("the parts are not kept")
    parts = _parts(response)
    untrue = [_untrue_part(part["content-range"], len(data), _sha256(data), content) for part, data in parts]
    return [one for each in untrue for one in each] if parts else ["multipart/byteranges without parts"]


def _untrue_part(named: str | None, size: int, sha256: str, content: LiteralContent) -> list[str]:
    match = CONTENT_RANGE.fullmatch(named or "")
    if match is None:
        return [f"206 with Content-Range {named}"]
    first, last, total = int(match[1]), int(match[2]), match[3]
    if total not in ("*", str(content.size)):
        return [f"{named} of a file of {content.size} bytes"]
    wanted = content.data[first : last + 1]
    if not first <= last < content.size or (size, sha256) != (len(wanted), _sha256(wanted)):
        return [f"{named} with {size} bytes of SHA-256 {sha256}"]
    return []


def _parts(response: Response) -> list[tuple[Message, bytes]]:
    head = f"Content-Type: {response.header('content-type')}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=policy.compat32).parsebytes(head + response.kept)
    parts = message.get_payload()
    if not isinstance(parts, list):
        return []
    return [(part, part.get_payload(decode=True)) for part in parts if isinstance(part, Message)]  # type: ignore[misc]


def _digests(value: str) -> Iterator[tuple[str, str]]:
    """Yield the known algorithms of a header and what it claims, in base64, with or without colons around it."""
    for part in value.split(","):
        name, _, encoded = part.strip().partition("=")
        algorithm = name.strip().lower().replace("-", "")
        if algorithm in ALGORITHMS:
            yield algorithm, encoded.partition(";")[0].strip().strip(":")


def _decoded_base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _digest(algorithm: str, data: bytes) -> bytes:
    return hashlib.new(ALGORITHMS[algorithm], data, usedforsecurity=False).digest()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _names(value: str) -> list[str]:
    return [name for part in value.split(",") if (name := part.strip().lower()) not in ("", "identity")]


def _without(coding: str, data: bytes) -> bytes:
    """Return data without a coding; raises KeyError when it was not asked for, zlib.error when it is none."""
    widths = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}[coding]
    for width in widths[:-1]:
        try:
            return _inflated(data, width)
        except zlib.error:
            continue
    return _inflated(data, widths[-1])


def _inflated(data: bytes, width: int) -> bytes:
    """Return inflated data, of 64 MiB at most; raises zlib.error when it is longer or breaks off."""
    inflater = zlib.decompressobj(width)
    inflated = inflater.decompress(data, 64 << 20)
    if not inflater.eof:
        raise zlib.error("the coding breaks off")
    return inflated
