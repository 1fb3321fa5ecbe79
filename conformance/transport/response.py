"""What came back: an answer as a check sees it, with the digest of its body instead of the body."""

import json
from dataclasses import dataclass

from conformance.transport.exchange import HeaderList

KEPT_BYTES = 65_536
SHOWN_BYTES = 200


@dataclass(frozen=True, slots=True)
class Response:
    """The final response, or the reason why there is none.

    `number` is that of its exchange record. `kept` holds the first 64 KiB of the body, `size` and `sha256` tell of
    all of it. `body_sent` counts the body bytes that had gone out when the response began. `seconds` is the time from
    the first byte sent to the last received. `reusable` says whether the connection could take another request, `lost`
    whether it ended, other than by a timeout, without any response.
    """

    number: int
    status: int | None
    reason: str
    headers: HeaderList
    interim: tuple[int, ...]
    size: int
    sha256: str
    kept: bytes
    body_sent: int
    seconds: float
    reusable: bool
    failure: str | None
    lost: bool

    def header(self, name: str) -> str | None:
        """Return the value of a header, its several values joined by a comma, None when it is absent."""
        values = [value for key, value in self.headers if key == name.lower()]
        return ", ".join(values) if values else None

    def json(self) -> object:
        """Return the body as JSON, None when it is none."""
        try:
            document: object = json.loads(self.kept)
        except ValueError:
            return None
        return document

    def key(self, name: str) -> object:
        """Return the value of a key of a JSON object, None when there is no such key or no object."""
        document = self.json()
        return document.get(name) if isinstance(document, dict) else None


def describe(response: Response) -> str:
    """Return an answer in a few words: its status and the beginning of a readable body, or why there is none."""
    if response.status is None:
        return f"no answer: {response.failure}"
    is_text = (response.header("content-type") or "").startswith(("application/json", "text/"))
    decoded = response.kept[:SHOWN_BYTES].decode("utf-8", "replace") if is_text else ""
    beginning = "".join(character if character.isprintable() else " " for character in decoded).strip()
    return " ".join(filter(None, [str(response.status), response.reason, beginning and f"with {beginning}"]))
