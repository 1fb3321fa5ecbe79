"""The pytest plugin: gives each check its own record and turns the way it ends into a verdict."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import pytest

from conformance.judging.binding import bound_to
from conformance.judging.expectations import CheckRun, ExpectationFailed
from conformance.judging.results import FailureDetails, Judgement
from conformance.judging.verdicts import Verdict
from conformance.requirements.model import Requirement
from conformance.target.access import NotApplicable, Unavailable
from conformance.transport.exchange import Exchange
from conformance.transport.recorder import Recorder
from conformance.transport.replay import reproduction
from conformance.transport.wire import WireError


class BindingError(Exception):
    """Checks and requirements do not belong together one to one; the message names the odd one."""


class Listener:
    """Is told of the run as it goes; this one ignores it, others show progress."""

    def planned(self, total: int) -> None:
        """Take note of how many requirements are to be judged."""

    def begins(self, requirement_id: str) -> None:
        """Take note that a requirement is about to be judged."""

    def judged(self, judgement: Judgement) -> None:
        """Take note that a requirement has its verdict."""


class JudgingPlugin:
    """Runs the checks of the requirements; `judgements` holds the verdicts in the order of the run.

    `expected_failures` holds, by requirement id, the reasons of the failures that the target declares. When `is_gone`
    says after a check that the target went away, that check and those after it get no verdict.
    """

    def __init__(
        self,
        requirements: Iterable[Requirement],
        expected_failures: Mapping[str, str],
        recorder: Recorder,
        listener: Listener,
        *,
        is_gone: Callable[[], bool],
    ) -> None:
        self.judgements: list[Judgement] = []
        self.gone = False
        self._is_gone = is_gone
        self.check_run = CheckRun("")
        self._wanted = {requirement.id: requirement for requirement in requirements}
        self._expected_failures = expected_failures
        self._recorder = recorder
        self._listener = listener
        self._raised: BaseException | None = None
        self._started = 0.0

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the checks of the requirements, in their order."""
        checks = checks_by_requirement(items)
        for identifier in self._wanted:
            if identifier not in checks:
                raise BindingError(f"no check judges {identifier}")
        items[:] = [checks[identifier] for identifier in self._wanted]

    def pytest_runtest_logstart(self, nodeid: str) -> None:  # noqa: ARG002 - the hook's signature
        """Begin to time a check."""
        self._started = time.monotonic()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Open the record of a run of a check before its fixtures are made."""
        (identifier,) = bound_to(item)
        self.check_run = CheckRun(identifier)
        self._raised = None
        self._recorder.purpose = identifier
        self._listener.begins(identifier)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        """Note how a phase ended; the report itself is only what pytest needs to go on."""
        if call.excinfo is not None and self._raised is None:
            self._raised = call.excinfo.value
        if call.when == "teardown":
            self._conclude_unless_gone(item.session)
        phase: Literal["setup", "call", "teardown"] = "setup" if call.when == "collect" else call.when
        outcome: Literal["passed", "failed"] = "passed" if call.excinfo is None else "failed"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, phase)

    def _conclude_unless_gone(self, session: pytest.Session) -> None:
        self.gone = self._is_gone()
        if self.gone:
            session.shouldstop = "the target went away"
        else:
            self._conclude()

    def _conclude(self) -> None:
        requirement = self._wanted[self.check_run.requirement_id]
        verdict, reason = self._verdict()
        exchanges = self._recorder.exchanges
        numbers = {exchange.number for exchange in exchanges if exchange.purpose == requirement.id}
        numbers |= self.check_run.exchanges
        judgement = judgement_of(
            requirement,
            verdict,
            reason,
            check_run=self.check_run,
            failure=self._failure(exchanges, numbers),
            exchanges=tuple(sorted(numbers)),
            seconds=time.monotonic() - self._started,
        )
        self.judgements.append(judgement)
        self._recorder.purpose = "set-up"
        self._listener.judged(judgement)

    def _verdict(self) -> tuple[Verdict, str | None]:
        raised = self._raised
        if isinstance(raised, NotApplicable):
            return Verdict.NOT_APPLICABLE, str(raised)
        if isinstance(raised, Unavailable | WireError):
            return Verdict.UNTESTABLE, str(raised)
        if isinstance(raised, ExpectationFailed) and raised.control:
            return Verdict.UNTESTABLE, f"the control failed: {raised.label}"
        if raised is not None and not isinstance(raised, ExpectationFailed):
            return Verdict.ERROR, _where(raised)
        if raised is None and all(evaluation.control for evaluation in self.check_run.evaluations):
            return Verdict.ERROR, "the check evaluated no expectation"
        return self._verdict_of_declaration(failed=raised is not None)

    def _verdict_of_declaration(self, *, failed: bool) -> tuple[Verdict, str | None]:
        declared = self._expected_failures.get(self.check_run.requirement_id)
        if declared is None:
            return (Verdict.FAIL if failed else Verdict.PASS), None
        if failed:
            return Verdict.EXPECTED_FAILURE, declared
        return Verdict.STALE, "declared as an expected failure, but it passes: take the declaration away"

    def _failure(self, exchanges: Sequence[Exchange], own: set[int]) -> FailureDetails | None:
        raised = self._raised
        if not isinstance(raised, ExpectationFailed):
            return None
        curl = reproduction(exchanges, own, raised.exchange)
        return FailureDetails(raised.label, raised.control, raised.expected, raised.actual, raised.exchange, curl)


def checks_by_requirement(items: list[pytest.Item]) -> dict[str, pytest.Item]:
    """Return the collected checks by the requirement that each judges.

    Raises BindingError when a check is bound to no or several requirements, or two checks to one.
    """
    checks: dict[str, pytest.Item] = {}
    for item in items:
        identifiers = list(bound_to(item))
        if len(identifiers) != 1:
            raise BindingError(f"{item.nodeid} is bound to {len(identifiers)} requirements, not to one")
        if identifiers[0] in checks:
            raise BindingError(f"{item.nodeid} and {checks[identifiers[0]].nodeid} both judge {identifiers[0]}")
        checks[identifiers[0]] = item
    return checks


def judgement_of(
    requirement: Requirement,
    verdict: Verdict,
    reason: str | None,
    *,
    check_run: CheckRun | None = None,
    failure: FailureDetails | None = None,
    exchanges: tuple[int, ...] = (),
    seconds: float = 0.0,
) -> Judgement:
    """Return the judgement on a requirement."""
    return Judgement(
        id=requirement.id,
        section=requirement.section,
        level=requirement.level.value,
        condition=requirement.condition,
        sentence=requirement.sentence,
        provenance=requirement.provenance.value,
        source=requirement.source,
        capability=requirement.capability,
        verdict=verdict,
        reason=reason,
        expectations=tuple(check_run.evaluations) if check_run else (),
        failure=failure,
        exchanges=exchanges,
        seconds=seconds,
    )


def _where(error: BaseException) -> str:
    location = error.__traceback__
    while location is not None and location.tb_next is not None:
        location = location.tb_next
    at = f" at {Path(location.tb_frame.f_code.co_filename).name}:{location.tb_lineno}" if location else ""
    return f"the suite itself failed: {type(error).__name__}: {error}{at}"
