"""Characters that a registry may send and no report may show as they are."""

import re

CONTROL_PICTURES = 0x2400  # Unicode has a picture for each of the first 32 characters, from here on
CONTROLS = 0x20
DELETE, DELETE_PICTURE = "\x7f", "\N{SYMBOL FOR DELETE}"
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\ufffe\uffff]"
)


def visible(text: str) -> str:
    """Return a text of the same length with a picture or a replacement character for each that cannot be seen.

    Line feeds and tabs stay. What goes: control characters, which a terminal obeys; marks that turn the direction of
    writing; and what neither UTF-8 nor XML can hold.
    """
    return INVISIBLE.sub(_picture, text)


def _picture(match: re.Match[str]) -> str:
    character = match[0]
    if character == DELETE:
        return DELETE_PICTURE
    return chr(CONTROL_PICTURES + ord(character)) if ord(character) < CONTROLS else "\N{REPLACEMENT CHARACTER}"
