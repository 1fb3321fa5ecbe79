"""Runs of the suite against the good registries and then against every fault in front of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from operator import or_

from conformance.selftest.faults.fault import Fault
from conformance.selftest.findings import Baseline, Findings, Observed
from conformance.selftest.good_server import GoodRegistry, RegistryError
from conformance.selftest.proxy import Mutation, Proxy, ProxyHost, transparent
from conformance.selftest.suite_run import SuiteRunner
from conformance.selftest.upstream import UpstreamAddress

Registries = Mapping[str, GoodRegistry]


class NotGoodError(Exception):
    """The suite finds fault with a registry that is good; the message says what."""


@dataclass(frozen=True, slots=True)
class StartedRun:
    """A run of the suite that has begun, and the proxy that it talks to."""

    proxy: Proxy
    findings: Future[Findings]
    is_whole: bool


class FaultRunner:
    """Runs the suite through proxies in front of good registries."""

    def __init__(self, registries: Registries, host: ProxyHost, runner: SuiteRunner) -> None:
        self._registries = registries
        self._host = host
        self._runner = runner

    def baseline(self) -> Baseline:
        """Run the suite against each good registry, through a proxy that mutates nothing.

        Raises RegistryError when one of them cannot be judged and NotGoodError when it is not found conformant.
        """
        runs = {edition: self._start(edition, transparent) for edition in self._registries}
        baselines = [_good(edition, self._observe(run)[1]) for edition, run in runs.items()]
        return reduce(or_, baselines)

    def run(
        self, faults: Mapping[str, Fault], on_done: Callable[[str], None], only: Mapping[str, tuple[str, ...]]
    ) -> dict[str, Observed]:
        """Run the suite against every fault; `on_done` is told of each.

        `only` names requirements to judge a fault by; a fault that it does not hold is judged by all of them.
        """
        runs = {name: self._start(fault.edition, fault.make(), only.get(name, ())) for name, fault in faults.items()}
        names = {run.findings: name for name, run in runs.items()}
        observed = {}
        for future in as_completed(names):
            name = names[future]
            observed[name] = self._observe(runs[name])[0]
            on_done(name)
        return observed

    def _start(self, edition: str, mutate: Mutation, only: tuple[str, ...] = ()) -> StartedRun:
        registry = self._registries[edition]
        address = UpstreamAddress(registry.host, registry.port, registry.token)
        proxy, url = self._host.open(address, mutate)
        return StartedRun(proxy, self._runner.start(url, registry.token_file, edition, only), is_whole=not only)

    def _observe(self, run: StartedRun) -> tuple[Observed, Findings]:
        findings = run.findings.result()
        self._host.close(run.proxy)
        errors = [*findings.errors, *(f"the proxy failed: {error!r}" for error in run.proxy.errors)]
        errors += [findings.refusal] if findings.refusal else []
        return Observed(findings.kills, run.proxy.mutated, tuple(errors), run.is_whole), findings


@contextmanager
def fault_runner(registries: Registries, jobs: int) -> Iterator[FaultRunner]:
    """Yield a runner that runs the suite `jobs` times at once; end what it has started afterwards."""
    runner = SuiteRunner(jobs)
    with ProxyHost() as host:
        try:
            yield FaultRunner(registries, host, runner)
        finally:
            runner.close()


def _good(edition: str, findings: Findings) -> Baseline:
    if findings.refusal:
        raise RegistryError(f"The good registry of edition {edition} cannot be judged: {findings.refusal}")
    spoilt = [*findings.errors, *sorted(findings.kills.red), *sorted(findings.kills.untestable)]
    if spoilt:
        shown = "\n  ".join(spoilt)
        raise NotGoodError(f"The suite does not find the good registry of edition {edition} conformant:\n  {shown}")
    return findings.baseline


def editions_of(faults: Iterable[Fault]) -> list[str]:
    """Return the editions of good registries that the faults need, in a stable order."""
    return sorted({fault.edition for fault in faults}, reverse=True)
