"""Runs of the suite against one URL, each in a process of its own, and their findings."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from conformance.judging.plugin import Listener
from conformance.judging.suite import RunSettings, Suite
from conformance.judging.verdicts import Verdict
from conformance.requirements.catalogue import load_catalogue
from conformance.requirements.gitlab_version import Measure
from conformance.requirements.model import Level
from conformance.selftest.findings import Findings, findings_of
from conformance.selftest.timeline import TimedPurpose
from conformance.target.description import describe_by_token_file
from conformance.target.preflight import PreflightFailure
from conformance.transport.redaction import Redactor

LARGE_BYTES = 2 * 1024 * 1024
PATIENCE_SECONDS = 5.0
PRELOADED = ["conformance.selftest.suite_run"]


@dataclass(frozen=True, slots=True)
class Declared:
    """What its owner says of a registry: the capabilities that are off, and further fields of RunSettings."""

    off: frozenset[str] = frozenset()
    settings: Mapping[str, Any] = field(default_factory=dict)


PLAIN = Declared()


class SuiteRunner:
    """Runs the suite `jobs` times at once; every run is a process forked from one that has imported the suite."""

    def __init__(self, jobs: int) -> None:
        self._context = get_context("forkserver")
        self._context.set_forkserver_preload(PRELOADED)
        self._waiting = ThreadPoolExecutor(jobs, thread_name_prefix="selftest-run")

    def start(
        self, url: str, token_file: Path, measure: Measure, only: tuple[str, ...] = (), declared: Declared = PLAIN
    ) -> Future[Findings]:
        """Start a run against `url`, by `only` some requirements with what is `declared` of it.

        It begins when fewer than `jobs` others are on their way.
        """
        return self._waiting.submit(self._run, url, token_file, measure, only, declared)

    def close(self) -> None:
        """Wait for the runs that have begun and drop the others."""
        self._waiting.shutdown(cancel_futures=True)

    def _run(self, url: str, token_file: Path, measure: Measure, only: tuple[str, ...], declared: Declared) -> Findings:
        receiver, sender = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_tell, args=(sender, url, token_file, measure, only, declared))
        process.start()
        sender.close()
        try:
            findings: Findings = receiver.recv()
        except EOFError as error:
            raise RuntimeError(f"a run of the suite against {url} ended without a word") from error
        finally:
            receiver.close()
            process.join()
        return findings


def _tell(
    sender: Connection, url: str, token_file: Path, measure: Measure, only: tuple[str, ...], declared: Declared
) -> None:
    sender.send(run_suite(url, token_file, measure, only, declared))
    sender.close()


def run_suite(
    url: str, token_file: Path, measure: Measure, only: tuple[str, ...] = (), declared: Declared = PLAIN
) -> Findings:
    """Run the suite, or `only` some requirements, in this process, without reports, and return what it found."""
    settings = RunSettings(
        measure.version, Level.MAY, only, LARGE_BYTES, PATIENCE_SECONDS, measure.features, **declared.settings
    )
    description = replace(describe_by_token_file(url, token_file), capabilities_off=declared.off)
    try:
        suite = Suite(description, settings, load_catalogue(), Redactor())
        results = suite.run(Listener())
    except PreflightFailure as error:
        return Findings(refusal=str(error))
    timeline = (
        TimedPurpose(one.purpose, suite.began + one.began, suite.began + one.began + one.seconds)
        for one in results.exchanges
    )
    found = findings_of(results.requirements)
    not_applicable = frozenset(
        entry.id
        for entry in results.requirements
        if entry.verdict is Verdict.NOT_APPLICABLE and entry.capability not in declared.off
    )
    return replace(found, timeline=tuple(timeline), outcome=results.outcome, not_applicable=not_applicable)
