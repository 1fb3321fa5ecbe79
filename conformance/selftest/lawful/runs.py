"""Runs of the suite against lawful registries, several at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from conformance.selftest.fault_runs import Registries
from conformance.selftest.findings import Findings
from conformance.selftest.good_server import GoodRegistry, reference_server
from conformance.selftest.lawful.acquittal import convictions
from conformance.selftest.lawful.registry import LawfulRegistry
from conformance.selftest.lawful.selection import Trial
from conformance.selftest.proxy import ProxyHost
from conformance.selftest.suite_run import Declared, SuiteRunner
from conformance.selftest.upstream import UpstreamAddress

Convictions = Mapping[Trial, tuple[str, ...]]


class LawfulRunner:
    """Runs the suite, `jobs` times at once, against lawful registries made of good ones.

    Those that need a server with options of its own have one as long as they are judged, with its data in `folder`.
    """

    def __init__(self, good: Registries, folder: Path, jobs: int) -> None:
        self._good = good
        self._folder = folder
        self._jobs = jobs

    def run(
        self, rows: Mapping[str, LawfulRegistry], trials: Iterable[Trial], on_done: Callable[[str], None]
    ) -> Convictions:
        """Return by trial what convicts a lawful registry, nothing where it is acquitted; `on_done` is told of each."""
        runner = SuiteRunner(self._jobs)
        with ProxyHost() as host, ThreadPoolExecutor(self._jobs, thread_name_prefix="lawful") as threads:
            try:
                futures = {threads.submit(self._judge, one, rows[one.name], host, runner): one for one in trials}
                found = {}
                for future in as_completed(futures):
                    found[futures[future]] = future.result()
                    on_done(futures[future].name)
            finally:
                threads.shutdown(cancel_futures=True)
                runner.close()
        return {trial: found[trial] for trial in futures.values()}

    def _judge(self, trial: Trial, row: LawfulRegistry, host: ProxyHost, runner: SuiteRunner) -> tuple[str, ...]:
        off = frozenset(capability for capability, _ in row.without)
        declared = Declared(off, dict(row.run_settings))
        with self._registry(trial, row) as good:
            proxy, url = host.open(UpstreamAddress(good.host, good.port, good.token), row.make())
            try:
                run = runner.start(url + row.prefix, good.token_file, trial.measure, declared=declared)
                findings: Findings = run.result()
            finally:
                host.close(proxy)
        errors = (*findings.errors, *(f"the proxy failed: {error!r}" for error in proxy.errors))
        return convictions(row, replace(findings, errors=errors), proxy.mutated)

    @contextmanager
    def _registry(self, trial: Trial, row: LawfulRegistry) -> Iterator[GoodRegistry]:
        if row.is_made_by_proxy:
            yield self._good[trial.measure]
        else:
            folder = self._folder / f"{trial.name} {trial.measure.version}"
            with reference_server(folder, trial.measure, *row.server_options) as registry:
                yield registry
