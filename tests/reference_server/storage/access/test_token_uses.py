"""When access tokens were last used."""

from collections.abc import Callable
from typing import cast

import pytest

from reference_server.storage.access.token_uses import NOTED_EVERY_MILLISECONDS, TokenUses
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.rows import AccessTokenRow
from reference_server.storage.metadata.writer import Writer

NOW = 1_800_000_000_000


def token(last_used_at: int | None) -> AccessTokenRow:
    return AccessTokenRow(7, b"digest", 1, False, False, "api", None, False, last_used_at)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Make it a time."""
    return lambda now: monkeypatch.setattr(clock, "now", lambda: now)


@pytest.mark.parametrize(
    ("written", "last"),
    [
        (None, NOW),
        (NOW - NOTED_EVERY_MILLISECONDS, NOW),
        (NOW - NOTED_EVERY_MILLISECONDS + 1, NOW - NOTED_EVERY_MILLISECONDS + 1),
        (NOW + 1, NOW),
    ],
    ids=["never used", "used long ago", "used just now", "used before the clock went back"],
)
def test_a_use_is_noted_unless_one_was_a_short_while_ago(
    at: Callable[[int], None], written: int | None, last: int
) -> None:
    uses = TokenUses(cast("Writer", None))
    at(NOW)
    uses.note_use(token(written))
    assert uses.last(7, written) == last


def test_a_use_that_is_not_written_yet_counts_too(at: Callable[[int], None]) -> None:
    uses = TokenUses(cast("Writer", None))
    for passed in (0, 1000):
        at(NOW + passed)
        uses.note_use(token(None))
    assert uses.last(7, None) == NOW
