"""Generated contents: the same again from the same seed, from any offset, without being held."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.content.generator import BLOCK_BYTES, GeneratedContent, LiteralContent

SIZE = 3 * BLOCK_BYTES + 17


def whole(content: GeneratedContent) -> bytes:
    return b"".join(content.chunks())


@pytest.mark.parametrize("size", [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, SIZE])
def test_the_content_has_its_size_and_digest(size: int) -> None:
    content = GeneratedContent("seed", size)
    assert len(whole(content)) == size
    assert content.sha256 == hashlib.sha256(whole(content)).hexdigest()


@given(st.integers(0, SIZE), st.integers(0, SIZE))
def test_any_part_is_the_part_of_the_whole(start: int, end: int) -> None:
    content = GeneratedContent("seed", SIZE)
    assert content.part(start, end) == whole(content)[start:end]


def test_no_two_blocks_and_no_two_seeds_are_alike() -> None:
    blocks = [bytes(chunk) for seed in ("one", "two") for chunk in GeneratedContent(seed, 8 * BLOCK_BYTES).chunks()]
    assert len(set(blocks)) == 16


def test_literal_bytes_are_themselves() -> None:
    content = LiteralContent(b"hello")
    assert (content.size, b"".join(content.chunks(1, 3))) == (5, b"el")
    assert content.sha256 == hashlib.sha256(b"hello").hexdigest()
