"""Which checks a fault can reach, learnt from the run against the good registry, so that others may be left out.

A mutation without memory leaves alone every request that its predicates do not choose. The run through the transparent
proxy shows every request of every check, and the predicates of every such mutation are asked about each. A check of
which a mutation chooses no request gets the good registry's responses against this fault too, so its verdict is known:
it passes. Requests are attributed by time: the suite sends those of one check at a time and waits for each to end, and
the clock is the same in all processes of a machine. Nothing that a registry could see marks them.

Nothing is left out where the reasoning would not hold: when a mutation remembers earlier requests, when it chooses a
request of the preflight or of the set-up, which checks share, when it chooses one that cannot be attributed, or when
the fault `spreads`: what it leaves behind changes what other checks meet. Checks that look through everything that the
run has exchanged are never left out. The rest relies on checks that do not depend
on one another, as `--only` does. Every self-test puts it to the test: it judges a sample of the faults by the whole
suite, and so each fault that changes a request outside its reach after all.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from hashlib import sha256

from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Request, Response
from conformance.selftest.mutation import SelectiveMutation
from conformance.selftest.timeline import Reach, TimedPurpose, purposes_at
from conformance.selftest.upstream import Upstream

SAMPLED = 20
# What is judged over everything that a run has exchanged, and so is reached by whatever reaches anything.
OVER_THE_RUN = frozenset(
    {
        "truth.no-answer-repeats-a-credential",
        "truth.no-content-declares-no-body",
        "truth.one-framing",
    }
)


class Survey:
    """A mutation that mutates nothing and notes when requests arrived that the faults' mutations would choose."""

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        self._makers = {
            name: fault.make
            for name, fault in faults.items()
            if isinstance(fault.make, SelectiveMutation) and not fault.spreads
        }
        self._moments: dict[str, list[float]] = {name: [] for name in self._makers}

    async def __call__(self, request: Request, upstream: Upstream) -> Response:
        """Forward a request."""
        moment = time.monotonic()
        for name, maker in self._makers.items():
            if maker.chooses(request, upstream):
                self._moments[name].append(moment)
        response = await upstream.forward(request)
        for name, maker in self._makers.items():
            if maker.chooses_response(request, response):
                self._moments[name].append(moment)
        return response

    def reaches(self, timeline: Iterable[TimedPurpose]) -> dict[str, Reach]:
        """Return the reach of every fault for which part of the suite is enough."""
        exchanges = tuple(timeline)
        reaches = {name: purposes_at(moments, exchanges) for name, moments in self._moments.items()}
        judged = OVER_THE_RUN & {each.purpose for each in exchanges}
        return {name: reach | judged for name, reach in reaches.items() if reach}


def sample(names: Iterable[str]) -> frozenset[str]:
    """Return about one in twenty of the faults, the same ones whenever they have the same names."""
    return frozenset(name for name in names if int.from_bytes(sha256(name.encode()).digest()) % SAMPLED == 0)
