"""Runs of the whole suite against one URL, each in a process of its own, and what the kill matrix needs of them."""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from conformance.judging.results import FILE_NAME, Judgement, load
from conformance.judging.verdicts import Verdict
from conformance.selftest.matrix import Baseline, Kills

LARGE_BYTES = 3 * 1024 * 1024
PRELOADED = ["conformance.__main__", "pytest", "rich.progress", "jinja2"]


@dataclass(frozen=True, slots=True)
class Findings:
    """What a run found: `errors` are sentences on everything that kept it from a verdict."""

    kills: Kills
    baseline: Baseline
    errors: tuple[str, ...]


class SuiteRunner:
    """Runs the suite `jobs` times at once; every run is a process forked from one that has imported the suite."""

    def __init__(self, jobs: int) -> None:
        context = get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        self._pool = ProcessPoolExecutor(jobs, mp_context=context, max_tasks_per_child=1)

    def start(self, url: str, token_file: Path, edition: str) -> Future[Findings]:
        """Start a run against `url`; it begins when a process is free."""
        return self._pool.submit(run_suite, url, token_file, edition)

    def close(self) -> None:
        """Wait for the runs that have begun and drop the others."""
        self._pool.shutdown(cancel_futures=True)


def run_suite(url: str, token_file: Path, edition: str) -> Findings:
    """Run the whole suite in this process, silently, and return what it found."""
    from conformance.__main__ import main  # noqa: PLC0415 - the command line imports this package

    with tempfile.TemporaryDirectory(prefix="selftest-") as folder:
        said = Path(folder) / "said"
        _speak_into(said)
        arguments = ["run", url, "--token-file", str(token_file), "--out", folder, "--edition", edition]
        code = main([*arguments, "--large-bytes", str(LARGE_BYTES)])
        if (Path(folder) / FILE_NAME).exists():
            return findings_of(load(Path(folder) / FILE_NAME).requirements)
        return _nothing(f"the suite ended with {code}: {said.read_text(encoding='utf-8').strip()}")


def _speak_into(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)


def _nothing(error: str) -> Findings:
    return Findings(Kills(), Baseline(frozenset(), frozenset()), (error,))


def findings_of(judgements: tuple[Judgement, ...]) -> Findings:
    """Return what the judgements of a run say, in the terms of the kill matrix."""
    red = {_subject(each) for each in judgements if each.verdict is Verdict.FAIL}
    untestable = {_subject(each) for each in judgements if each.verdict is Verdict.UNTESTABLE}
    errors = tuple(f"{each.id}: {each.reason}" for each in judgements if each.verdict is Verdict.ERROR)
    expectations = {f"{each.id}#{one.label}" for each in judgements for one in each.expectations}
    musts = {each.id for each in judgements if each.level == "must"}
    baseline = Baseline(frozenset(expectations), frozenset(musts))
    return Findings(Kills(frozenset(red), frozenset(untestable)), baseline, errors)


def _subject(judgement: Judgement) -> str:
    return f"{judgement.id}#{judgement.failure.failed_expectation}" if judgement.failure else judgement.id
