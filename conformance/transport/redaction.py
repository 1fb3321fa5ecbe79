"""Takes secrets out of everything that leaves the program.

Secrets are recognised by value, in each form in which a request or a response can hold them: as they are,
URL-encoded, escaped for JSON or a shell, and inside base64 at any offset. What replaces a secret is its variable,
so that a redacted curl line still works once the variable is set.
"""

import base64
import json
import re
from collections.abc import Iterator
from urllib.parse import quote

from conformance.transport.reproduction import escaped

SHORTEST_SECRET = 8


def is_token(text: str) -> bool:
    """Return whether a header can carry a text as a token and the redactor can find it in a report."""
    return len(text) >= SHORTEST_SECRET and text.isascii() and text.isprintable() and " " not in text


class Redactor:
    """The one place that every report and every printed sentence passes through."""

    def __init__(self) -> None:
        self._replacements: dict[str, str] = {}

    def add(self, variable: str, secret: str) -> None:
        """Have `secret` replaced by `$variable` from now on.

        Raises ValueError for a secret so short that its value would be found in ordinary text.
        """
        if len(secret) < SHORTEST_SECRET:
            raise ValueError(f"a token of fewer than {SHORTEST_SECRET} characters cannot be kept out of the reports")
        for form in plain_forms(secret):
            self._replacements[form] = f"${variable}"
        for form in base64_forms(secret):
            self._replacements[form] = f"[${variable} in base64]"

    def text(self, text: str) -> str:
        """Return text without secrets."""
        for form in sorted(self._replacements, key=len, reverse=True):
            if form in text:
                text = text.replace(form, self._replacements[form])
        return text

    def document(self, value: object, own: frozenset[str] = frozenset()) -> object:
        """Return a JSON-like value with the strings in it without secrets.

        The keys are the program's own words, and so is what lies under those of `own`: a token that happens to be such
        a word must not change it.
        """
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: entry if key in own else self.document(entry, own) for key, entry in value.items()}
        if isinstance(value, list | tuple):
            return [self.document(entry, own) for entry in value]
        return value


def plain_forms(secret: str) -> Iterator[str]:
    """Yield a secret in each form in which text holds it."""
    yield secret
    yield quote(secret, safe="")
    yield re.sub("%..", lambda match: match[0].lower(), quote(secret, safe=""))
    yield "".join(f"%{byte:02X}" for byte in secret.encode())
    yield "".join(f"%{byte:02x}" for byte in secret.encode())
    yield json.dumps(secret)[1:-1]
    yield escaped(secret)


def base64_forms(secret: str) -> Iterator[str]:
    """Yield what base64 of a text that holds a secret is sure to hold, for each offset."""
    data = secret.encode()
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + data)
        first = (0, 2, 3)[offset]
        last = (offset + len(data)) * 8 // 6
        core = encoded[first:last].decode()
        yield core
        yield core.translate(str.maketrans("+/", "-_"))
