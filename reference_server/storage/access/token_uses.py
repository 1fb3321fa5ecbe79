"""When access tokens were last used."""

from __future__ import annotations

from typing import Final

from reference_server.storage.metadata import clock
from reference_server.storage.metadata.noted_times import NotedTimes
from reference_server.storage.metadata.rows import AccessTokenRow
from reference_server.storage.metadata.writer import Writer

NOTED_EVERY_MILLISECONDS: Final = 10 * 60 * 1000
"""How often at most the last use of a token changes, as in GitLab (documentation of personal access tokens)."""


class TokenUses(NotedTimes):
    """Notes the uses of valid tokens, as exactly as GitLab does."""

    def __init__(self, writer: Writer) -> None:
        super().__init__(writer, lambda metadata, times: metadata.access_tokens.note_uses(times))

    def note_use(self, token: AccessTokenRow) -> None:
        """Note that a token is used now, unless it was a short while ago."""
        last = self.last(token.id, token.last_used_at)
        if last is None or not 0 <= clock.now() - last < NOTED_EVERY_MILLISECONDS:
            self.note(token.id)
