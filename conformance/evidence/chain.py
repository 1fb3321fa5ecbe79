"""The chain over results.json: digests that each hold the one before, so that an edit is found and has a place.

The first digest is of all but the exchanges, each further one of the digest before and of one exchange.
"""

import hashlib
import json
from collections.abc import Iterator
from itertools import chain, zip_longest
from typing import Any

Document = dict[str, Any]
CHAIN, EXCHANGES = "chain", "exchanges"


def chained(document: Document) -> Document:
    """Return the document of a run with its chain."""
    digests: list[str] = []
    for link in _links(document):
        digests.append(_digest(digests[-1] if digests else "", link))
    return {**document, CHAIN: digests}


def edited_links(document: Document) -> list[str]:
    """Return what does not fit its digest: "the head" for all but the exchanges, "exchange N" for the Nth of them."""
    edited, before = [], ""
    for index, (link, digest) in enumerate(zip_longest(_links(document), document.get(CHAIN, ()))):
        if link is None or digest is None or digest != _digest(before, link):
            edited.append(f"exchange {index}" if index else "the head")
        before = str(digest)
    return edited


def _links(document: Document) -> Iterator[Any]:
    head = {key: value for key, value in document.items() if key not in {CHAIN, EXCHANGES}}
    return chain([head], document.get(EXCHANGES, ()))


def _digest(before: str, link: Any) -> str:  # noqa: ANN401 - any JSON
    canonical = json.dumps(link, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{canonical}".encode()).hexdigest()
