"""Runs of the suite against the good registries and then against every fault in front of them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from concurrent.futures import Future, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_

from conformance.requirements.gitlab_version import Measure
from conformance.selftest.faults.fault import Fault
from conformance.selftest.findings import Baseline, Findings, Observed, requirement_of
from conformance.selftest.good_server import GoodRegistry, RegistryError
from conformance.selftest.proxy import Mutation, Proxy, ProxyHost
from conformance.selftest.reach import Survey
from conformance.selftest.suite_run import SuiteRunner
from conformance.selftest.timeline import Reach, purposes_at
from conformance.selftest.upstream import UpstreamAddress

Registries = Mapping[Measure, GoodRegistry]


class NotGoodError(Exception):
    """The suite finds fault with a registry that is good; the message says what."""


@dataclass(frozen=True, slots=True)
class StartedRun:
    """A run of the suite that has begun, and the proxy that it talks to."""

    proxy: Proxy
    findings: Future[Findings]


@dataclass(frozen=True, slots=True)
class Selection:
    """By which requirements to judge faults: by all, but for what stands here by their names.

    `pinned` are ids by which alone to judge a fault, whatever else it breaks. `reaches` are the checks that a fault
    can reach; those named in `exhaustive` are judged by all the same, and what they do beyond their reach is noted.
    """

    pinned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reaches: Mapping[str, Reach] = field(default_factory=dict)
    exhaustive: Container[str] = ()

    def only(self, fault: str) -> tuple[str, ...]:
        """Return the requirements by which to judge a fault, none for all."""
        reach = () if fault in self.exhaustive else self.reaches.get(fault, ())
        return self.pinned.get(fault) or tuple(sorted(reach))


class FaultRunner:
    """Runs the suite through proxies in front of good registries."""

    def __init__(self, registries: Registries, host: ProxyHost, runner: SuiteRunner) -> None:
        self._registries = registries
        self._host = host
        self._runner = runner

    def baseline(
        self, faults: Mapping[str, Fault] | None = None, only: Mapping[Measure, tuple[str, ...]] | None = None
    ) -> tuple[Baseline, dict[str, Reach]]:
        """Run the suite, or `only` some requirements of it, against each good registry; the proxy mutates nothing.

        Returns what it evaluates, and the reach of every fault for which part of the suite is enough.
        Raises RegistryError when one of them cannot be judged and NotGoodError when it is not found conformant.
        """
        surveys = {
            measure: Survey({name: one for name, one in (faults or {}).items() if one.measure == measure})
            for measure in self._registries
        }
        runs = {
            measure: self._start(measure, survey, (only or {}).get(measure, ())) for measure, survey in surveys.items()
        }
        findings = {measure: self._findings(run) for measure, run in runs.items()}
        baselines = [_good(measure, found) for measure, found in findings.items()]
        reaches = [survey.reaches(findings[measure].timeline) for measure, survey in surveys.items()]
        return reduce(or_, baselines), reduce(or_, reaches)

    def run(self, faults: Mapping[str, Fault], on_done: Callable[[str], None], by: Selection) -> dict[str, Observed]:
        """Run the suite against every fault, each judged as the selection says; `on_done` is told of each."""
        runs = {name: self._start(fault.measure, fault.make(), by.only(name)) for name, fault in faults.items()}
        names = {run.findings: name for name, run in runs.items()}
        observed = {}
        for future in as_completed(names):
            name = names[future]
            observed[name] = self._observe(name, faults[name], runs[name], by)
            on_done(name)
        return observed

    def _start(self, measure: Measure, mutate: Mutation, only: tuple[str, ...] = ()) -> StartedRun:
        registry = self._registries[measure]
        address = UpstreamAddress(registry.host, registry.port, registry.token)
        proxy, url = self._host.open(address, mutate)
        return StartedRun(proxy, self._runner.start(url, registry.token_file, measure, only))

    def _findings(self, run: StartedRun) -> Findings:
        """Return what a run has found, once its proxy is closed; what failed in the proxy is among the errors."""
        findings = run.findings.result()
        self._host.close(run.proxy)
        errors = [*findings.errors, *(f"the proxy failed: {error!r}" for error in run.proxy.errors)]
        return replace(findings, errors=tuple(errors))

    def _observe(self, name: str, fault: Fault, run: StartedRun, by: Selection) -> Observed:
        findings, reach = self._findings(run), by.reaches.get(name)
        if reach and by.only(name) and name not in by.pinned:
            touched = purposes_at(run.proxy.mutated_at, findings.timeline)
            if touched is None or not touched <= reach:
                run = self._start(fault.measure, fault.make())
                findings, reach = self._findings(run), None
        kills = findings.kills
        beyond = {one for one in kills.red | kills.untestable if reach and requirement_of(one) not in reach}
        errors = [*findings.errors, *([findings.refusal] if findings.refusal else [])]
        return Observed(kills, run.proxy.mutated, tuple(errors), name not in by.pinned, frozenset(beyond))


@contextmanager
def fault_runner(registries: Registries, jobs: int) -> Iterator[FaultRunner]:
    """Yield a runner that runs the suite `jobs` times at once; end what it has started afterwards."""
    runner = SuiteRunner(jobs)
    with ProxyHost() as host:
        try:
            yield FaultRunner(registries, host, runner)
        finally:
            runner.close()


def _good(measure: Measure, findings: Findings) -> Baseline:
    if findings.refusal:
        raise RegistryError(f"The good registry of {measure} cannot be judged: {findings.refusal}")
    spoilt = [*findings.errors, *sorted(findings.kills.red), *sorted(findings.kills.untestable)]
    if spoilt:
        shown = "\n  ".join(spoilt)
        raise NotGoodError(f"The suite does not find the good registry of {measure} conformant:\n  {shown}")
    return findings.baseline
