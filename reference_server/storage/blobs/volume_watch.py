"""The watch on the volume: whether it is still there, which decides whether the storage says that it serves."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable

import structlog

from reference_server.storage.blobs.volume_proof import VolumeProof

_LOOK_SECONDS = 1.0
_PATIENCE_SECONDS = 5.0


class VolumeWatch:
    """Looks at the volume again and again, and tells when it has gone away or come back.

    A look that takes longer than a few seconds counts as a volume that is gone; the next one begins when it has ended.
    """

    def __init__(self, proof: VolumeProof, tell: Callable[[bool], Awaitable[None]]) -> None:
        self._proof = proof
        self._tell = tell
        self._there = True
        self._look: asyncio.Future[bool] | None = None

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            there = await self._is_there()
            if there != self._there:
                self._there = there
                await self._tell(there)
                self._log(there)

    async def _is_there(self) -> bool:
        if self._look is None:
            self._look = _begun(self._proof.is_there)
        done, _ = await asyncio.wait([self._look], timeout=_PATIENCE_SECONDS)
        if not done:
            return False
        there, self._look = self._look.result(), None
        return there

    def _log(self, there: bool) -> None:
        root = str(self._proof.root)
        if there:
            structlog.get_logger().warning("the volume is back", volume=root)
        else:
            structlog.get_logger().error("the volume is gone, hangs or is another one", volume=root)


def _begun(look: Callable[[], bool]) -> asyncio.Future[bool]:
    """Begin a look in a thread that does not keep the process from ending: one at a volume that hangs never returns."""
    loop = asyncio.get_running_loop()
    seen: asyncio.Future[bool] = loop.create_future()

    def tell(there: bool) -> None:
        if not seen.done():
            seen.set_result(there)

    def work() -> None:
        try:
            there = look()
        except OSError:  # it cannot be told
            there = True
        with contextlib.suppress(RuntimeError):  # the event loop has ended meanwhile
            loop.call_soon_threadsafe(tell, there)

    threading.Thread(target=work, name="volume watch", daemon=True).start()
    return seen
