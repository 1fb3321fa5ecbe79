"""Where the call or operation that runs comes from, and who its caller turned out to be."""

from __future__ import annotations

import contextvars
from dataclasses import dataclass

from reference_server.storage.access.callers import Caller


@dataclass(slots=True)
class Origin:
    """A request as it came to the front end: its id and the client's address, None and "" for what is not known.

    `caller` is set when the call has authenticated.
    """

    request_id: str | None = None
    client_address: str = ""
    caller: Caller | None = None


_NOWHERE = Origin()
_ORIGIN: contextvars.ContextVar[Origin] = contextvars.ContextVar("origin", default=_NOWHERE)


def current() -> Origin:
    """Return the origin of what runs; one without anything where nothing was said."""
    return _ORIGIN.get()


def enter(origin: Origin) -> contextvars.Token[Origin]:
    """Make this the origin of what runs from now on, and of the tasks that it starts; return what `leave` takes."""
    return _ORIGIN.set(origin)


def leave(token: contextvars.Token[Origin]) -> None:
    """Make the origin what it was before."""
    _ORIGIN.reset(token)


def note_caller(caller: Caller) -> None:
    """Note who calls, for whoever asks for the origin later."""
    origin = _ORIGIN.get()
    if origin is not _NOWHERE:
        origin.caller = caller
