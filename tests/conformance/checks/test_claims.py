"""What answers claim of the bytes that they bring is found untrue exactly where it is."""

import base64
import gzip
import hashlib
import zlib

import pytest

from conformance.checks.claims import decoded, untrue_checksums, untrue_digests, untrue_parts, untrue_record
from conformance.content.generator import LiteralContent
from conformance.target.access import Unavailable
from tests.support.responses import response_of

CONTENT = LiteralContent(b"0123456789abcdefghij")
SHA256_HEX = hashlib.sha256(CONTENT.data).hexdigest()
MD5 = base64.b64encode(hashlib.md5(CONTENT.data).digest()).decode()
SHA256 = base64.b64encode(hashlib.sha256(CONTENT.data).digest()).decode()
MULTIPART = (("content-type", "multipart/byteranges; boundary=b"),)


def part(named: str, data: str) -> str:
    return f"--b\r\nContent-Type: text/plain\r\nContent-Range: {named}\r\n\r\n{data}\r\n"


def parts(*each: str) -> bytes:
    return ("".join(each) + "--b--\r\n").encode()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("content-md5", MD5),
        ("digest", f"md5={MD5},SHA-256={SHA256}"),
        ("digest", "unixsum=30637"),
        ("repr-digest", f"sha-256=:{SHA256}:"),
        ("content-digest", f"sha-256=:{SHA256}:, sha-999=:AAAA:"),
        ("x-goog-hash", f"crc32c=AAAAAA==, md5={MD5}"),
    ],
)
def test_a_digest_of_the_body_is_true_and_an_unknown_algorithm_claims_nothing(name: str, value: str) -> None:
    assert untrue_digests(response_of(200, CONTENT.data, (name, value)), CONTENT) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("content-md5", SHA256),
        ("content-md5", "%"),
        ("digest", f"md5={MD5},SHA-256={MD5}"),
        ("repr-digest", f"sha-256=:{MD5}:"),
        ("content-digest", "sha-256=::"),
        ("x-goog-hash", f"md5={SHA256}"),
    ],
)
def test_a_digest_of_another_body_is_untrue(name: str, value: str) -> None:
    assert len(untrue_digests(response_of(200, CONTENT.data, (name, value)), CONTENT)) == 1


def test_a_checksum_is_true_in_either_case() -> None:
    true = ("x-checksum-sha256", SHA256_HEX.upper()), ("x-checksum-md5", hashlib.md5(CONTENT.data).hexdigest())
    assert untrue_checksums(response_of(200, b"", *true), CONTENT) == []
    assert untrue_checksums(response_of(200, b"", ("x-checksum-sha1", "0" * 40)), CONTENT) == [
        "x-checksum-sha1: " + "0" * 40
    ]


def test_a_record_may_leave_out_what_it_does_not_know() -> None:
    assert untrue_record({"size": 20, "file_md5": None, "file_sha256": SHA256_HEX}, CONTENT) == []
    assert untrue_record({"size": "20", "file_sha1": "x"}, CONTENT) == ["size '20'", "file_sha1 'x'"]


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("gzip", gzip.compress(CONTENT.data, mtime=0)),
        ("deflate", zlib.compress(CONTENT.data)),
        ("deflate", zlib.compress(CONTENT.data, wbits=-15)),
        ("deflate, GZIP", gzip.compress(zlib.compress(CONTENT.data), mtime=0)),
        ("identity", CONTENT.data),
    ],
)
def test_a_coding_is_taken_off(coding: str, data: bytes) -> None:
    assert decoded(response_of(200, data, ("content-encoding", coding))) == CONTENT.data


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("gzip", CONTENT.data),
        ("br", CONTENT.data),
        ("gzip", gzip.compress(CONTENT.data, mtime=0)[:-1]),
        ("deflate", b""),
    ],
)
def test_what_is_no_coding_or_breaks_off_cannot_be_decoded(coding: str, data: bytes) -> None:
    assert decoded(response_of(200, data, ("content-encoding", coding))) is None


def test_a_coded_body_that_is_not_kept_is_not_judged() -> None:
    with pytest.raises(Unavailable, match="not kept"):
        decoded(response_of(200, b"", ("content-encoding", "gzip"), size=20))


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (200, (), CONTENT.data),
        (302, (), b""),
        (206, (("content-range", "bytes 0-0/20"),), b"0"),
        (206, (("content-range", "bytes 10-19/*"),), b"abcdefghij"),
        (206, MULTIPART, parts(part("bytes 0-1/20", "01"), part("bytes 10-12/20", "abc"))),
    ],
)
def test_a_part_that_is_what_it_names_is_true(status: int, headers: tuple[tuple[str, str], ...], body: bytes) -> None:
    assert untrue_parts(response_of(status, body, *headers), CONTENT) == []


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (200, (), CONTENT.data[:-1]),
        (206, (), b"0"),
        (206, (("content-range", "bytes 0-1/20"),), b"0"),
        (206, (("content-range", "bytes 0-0/21"),), b"0"),
        (206, (("content-range", "bytes 1-1/20"),), b"0"),
        (206, (("content-range", "bytes 19-20/20"),), b"j"),
        (206, (("content-range", "bytes */20"),), b""),
        (206, MULTIPART, parts(part("bytes 0-1/20", "01"), part("bytes 10-12/20", "abd"))),
        (206, MULTIPART, parts("--b\r\n\r\n01\r\n")),
        (206, MULTIPART, parts()),
        (206, (*MULTIPART, ("content-range", "bytes 0-1/20")), parts(part("bytes 0-1/20", "01"))),
    ],
)
def test_a_part_that_is_not_what_it_names_is_untrue(
    status: int, headers: tuple[tuple[str, str], ...], body: bytes
) -> None:
    assert len(untrue_parts(response_of(status, body, *headers), CONTENT)) == 1
