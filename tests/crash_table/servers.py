"""Several servers at a time, each in the hands of a process that runs its share of the rounds."""

from __future__ import annotations

import multiprocessing
import traceback
from collections.abc import Iterator, Sequence
from multiprocessing.queues import Queue
from pathlib import Path

from tests.crash_table.halves import HalvesError
from tests.crash_table.rounds import Round, started_rounds

_context = multiprocessing.get_context("spawn")


def run_rounds(folder: Path, seed: str, kinds: Sequence[str], servers: int) -> Iterator[Round]:
    """Yield the rounds as they end, one for each of the kinds. Raise HalvesError when a server cannot go on."""
    outcomes: Queue[Round | str | None] = _context.Queue()
    workers = []
    for number in range(servers):
        below = folder / f"server-{number + 1}"
        below.mkdir()
        arguments = (below, f"{seed} {number}", kinds[number::servers], outcomes)
        workers.append(_context.Process(target=_work, args=arguments))
    try:
        for worker in workers:
            worker.start()
        running = servers
        while running:
            outcome = outcomes.get()
            if isinstance(outcome, str):
                raise HalvesError(outcome)
            if outcome is None:
                running -= 1
            else:
                yield outcome
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()


def _work(folder: Path, seed: str, kinds: Sequence[str], outcomes: Queue[Round | str | None]) -> None:
    """Run rounds on a server of its own; None follows the last, a sentence what nobody foresaw."""
    try:
        with started_rounds(folder, seed) as rounds:
            for kind in kinds:
                outcomes.put(rounds.run(kind))
        outcomes.put(None)
    except HalvesError as error:
        outcomes.put(str(error))
    except Exception:
        outcomes.put(traceback.format_exc())
