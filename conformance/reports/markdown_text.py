"""Text as Markdown shows it: nothing in it is markup."""

import re

SHOWN_LETTERS = 1000  # of what a registry or a command line says in one place
# what begins emphasis, code, a link, a table's cell, a mention or a heading, and at the start a list or a line
SPECIAL = re.compile(r"([\\`*_{}\[\]#|~@]|:(?=//)|(?<=www)\.|^[-+=])")
ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def plain(text: str) -> str:
    """Return text that Markdown shows as it is, in one line."""
    shown = text if len(text) <= SHOWN_LETTERS else text[:SHOWN_LETTERS] + " …"
    return SPECIAL.sub(r"\\\1", " ".join(shown.split())).translate(ENTITIES)
