"""Downloads that are hashed on their way, and those that need not be."""

import hashlib
import os

import pytest

from reference_server.frontend.carriers.verification import ContentFlippedError, DownloadVerification, VerifiedContent

PIECES = [os.urandom(1000) for _ in range(5)]
SHA256 = hashlib.sha256(b"".join(PIECES)).digest()


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_content_that_is_as_its_record_says_is_good_for_a_while() -> None:
    clock = Clock()
    verified = VerifiedContent(clock)
    verification = DownloadVerification(verified, SHA256)
    for piece in PIECES:
        await verification.add(piece)
    assert not verified.is_good(SHA256)
    await verification.finish()
    assert verified.is_good(SHA256)
    clock.now += 599
    assert verified.is_good(SHA256)
    clock.now += 1
    assert not verified.is_good(SHA256)


async def test_content_with_a_flipped_bit_is_not_good() -> None:
    verified = VerifiedContent()
    verification = DownloadVerification(verified, SHA256)
    for piece in (*PIECES[:4], bytes([PIECES[4][0] ^ 1]) + PIECES[4][1:]):
        await verification.add(piece)
    with pytest.raises(ContentFlippedError):
        await verification.finish()
    assert not verified.is_good(SHA256)


def test_what_is_remembered_is_bounded_and_what_was_found_good_last_stays() -> None:
    verified = VerifiedContent()
    digests = [number.to_bytes(32, "big") for number in range(10_001)]
    for digest in digests[:10_000]:
        verified.note(digest)
    verified.note(digests[0])
    verified.note(digests[-1])
    assert [verified.is_good(digest) for digest in (digests[0], digests[1], digests[-1])] == [True, False, True]
