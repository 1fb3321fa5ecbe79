"""Which credentials the storage recognised lately: whose requests go first, not what they may do."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from generic_packages.storage.v1.credential_pb2 import Credential

from reference_server.frontend.http.credentials import SECRET_PARAMETERS, presented_credentials
from reference_server.frontend.http.request import RequestContext
from reference_server.frontend.http.target import MalformedTextError, decode_query

Recognize = Callable[[Sequence[Credential], str], Awaitable[bool | None]]
"""Asks the storage, with a request id, whether credentials are somebody's; None when it does not say."""

ASKED_AGAIN_SECONDS: Final = 60.0
"""After this long the storage is asked again, beside the request."""

FORGOTTEN_SECONDS: Final = 600.0
"""After this long without an answer of the storage a credential is unknown."""

_MOST_KNOWN = 4096
_KEY_BYTES = 32
_NAME_BYTES = 16
_HEADERS = ("Private-Token", "Job-Token", "Deploy-Token", "Authorization")


class KnownCredentials:
    """Remembers names of credentials, which are digests by a key of this process; no secret."""

    def __init__(self, recognize: Recognize) -> None:
        self._recognize = recognize
        self._key = secrets.token_bytes(_KEY_BYTES)
        self._recognized: OrderedDict[bytes, float] = OrderedDict()  # when
        self._asking: dict[bytes, asyncio.Task[bool]] = {}

    def name(self, request: RequestContext) -> bytes | None:
        """Return the name of all credentials that a request presents, None when it presents none."""
        presented = [request.headers.get(header, "") for header in _HEADERS]
        query = request.target.partition("?")[2]
        if "token" in query or "%" in query:
            presented += _secrets_of(query)
        if not any(presented):
            return None
        text = "\n".join(presented)  # no header holds a line break
        return hashlib.blake2b(text.encode("utf-8", "replace"), key=self._key, digest_size=_NAME_BYTES).digest()

    def knows(self, name: bytes, request: RequestContext) -> bool:
        """Return whether the storage recognised the credentials lately; have it asked again when that is long ago."""
        recognized = self._recognized.get(name)
        if recognized is None:
            return False
        age = asyncio.get_running_loop().time() - recognized
        if age > FORGOTTEN_SECONDS:
            del self._recognized[name]
            return False
        if age > ASKED_AGAIN_SECONDS:
            self._ask(name, request)
        return True

    async def ask(self, name: bytes, request: RequestContext) -> bool:
        """Ask the storage, once for all who want to know at the same time."""
        return await asyncio.shield(self._ask(name, request))

    def _ask(self, name: bytes, request: RequestContext) -> asyncio.Task[bool]:
        asking = self._asking.get(name)
        if asking is None:
            asking = asyncio.create_task(self._note(name, request), name="recognize")
            self._asking[name] = asking
            asking.add_done_callback(lambda _: self._asking.pop(name))
        return asking

    async def _note(self, name: bytes, request: RequestContext) -> bool:
        """Ask the storage and remember what it said; what it does not say changes nothing."""
        try:
            query = decode_query(request.target.partition("?")[2])
        except MalformedTextError:
            query = {}
        recognized = await self._recognize(presented_credentials(request.headers, query), request.request_id)
        if recognized:
            self._recognized[name] = asyncio.get_running_loop().time()
            self._recognized.move_to_end(name)
            if len(self._recognized) > _MOST_KNOWN:
                self._recognized.popitem(last=False)
        elif recognized is not None:
            self._recognized.pop(name, None)
        return bool(recognized)


def _secrets_of(query: str) -> list[str]:
    """Return the values of a query that are credentials."""
    try:
        parameters = decode_query(query)
    except MalformedTextError:
        return []
    return [parameters.get(name, "") for name in sorted(SECRET_PARAMETERS)]
