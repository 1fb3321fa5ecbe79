"""The manifest of the evidence: SHA256SUMS, which names every file with its digest, and which is sealed by its own.

It is written so that `sha256sum --check SHA256SUMS` reads it too. It finds edits; it does not prove who ran the suite,
for whoever edits a file can write a new manifest as well.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from conformance.evidence.chain import edited_links

MANIFEST = "SHA256SUMS"
SEAL = "# SHA-256 of the lines below: "
SHOWN_LINKS = 5


def write_manifest(folder: Path, names: Iterable[str]) -> None:
    """Write the manifest of the files of these names."""
    (folder / MANIFEST).write_bytes(_sealed([_line(folder, name) for name in names]))


def edits(folder: Path, names: Iterable[str], results: str) -> list[str]:
    """Return a sentence for everything in a folder that is not as its manifest says, none when all is.

    `names` are the files that the manifest must name, `results` is the one of them that holds the chain.
    """
    try:
        written = (folder / MANIFEST).read_bytes()
    except OSError as error:
        return [f"{MANIFEST} cannot be read: {error.strerror}"]
    lines = written.splitlines(keepends=True)
    is_sealed = written == _sealed(lines[1:])
    found = [] if is_sealed else [f"{MANIFEST} was edited: its seal does not fit"]
    for name in names:
        try:
            fits = _line(folder, name) in lines
            place = _place(folder / name) if name == results else None
        except OSError as error:
            found.append(f"{name} cannot be read: {error.strerror}")
            continue
        if not fits:
            what = name if is_sealed else f"{name} or its line in {MANIFEST}"
            where = ", but what it says still fits its chain" if name == results else ""
            found.append(f"{what} was edited{place or where}")
        elif place:
            found.append(f"{name} was edited{place}, and {MANIFEST} was written anew")
    return found


def _line(folder: Path, name: str) -> bytes:
    with (folder / name).open("rb") as file:
        return f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {name}\n".encode()


def _sealed(lines: list[bytes]) -> bytes:
    body = b"".join(lines)
    return f"{SEAL}{hashlib.sha256(body).hexdigest()}\n".encode() + body


def _place(path: Path) -> str | None:
    """Return the place of an edit in results.json in words, None where all of it fits its chain."""
    try:
        document = json.loads(path.read_bytes())
        edited = edited_links(document if isinstance(document, dict) else {})
    except (ValueError, TypeError, RecursionError) as error:
        return f": it is no JSON any more ({error})"
    if not edited:
        return None
    more = f" and {len(edited) - SHOWN_LINKS} more" if len(edited) > SHOWN_LINKS else ""
    return f" at {', '.join(edited[:SHOWN_LINKS])}{more}"
