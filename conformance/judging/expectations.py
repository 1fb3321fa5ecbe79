"""Named expectations: what a check says of a response, each under a short stable label.

A check evaluates expectations in order and ends at the first that does not hold. An expectation on the behaviour
that the requirement is about makes it fail; a control, which shows that the registry is in a state in which the
requirement can be judged at all, makes it untestable.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from conformance.content.generator import Content
from conformance.judging.results import Evaluation
from conformance.transport.response import Response, describe

BODY_EXPECTED = (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT)


class ExpectationFailed(Exception):  # noqa: N818 - a fact about the target, not an error of the suite
    """An expectation or control that did not hold. `exchange` is the number of the exchange that was evaluated."""

    def __init__(self, label: str, *, control: bool, expected: str, actual: str, exchange: int | None) -> None:
        super().__init__(f"{label}: expected {expected}, got {actual}")
        self.label = label
        self.control = control
        self.expected = expected
        self.actual = actual
        self.exchange = exchange


@dataclass(slots=True)
class CheckRun:
    """One run of a check: its requirement, what was evaluated and which exchanges that rests on."""

    requirement_id: str
    evaluations: list[Evaluation] = field(default_factory=list)
    exchanges: set[int] = field(default_factory=set)

    def evaluate(
        self, label: str, *, control: bool, holds: bool, expected: str, actual: str, response: Response | None
    ) -> None:
        """Record one evaluation.

        Raises ExpectationFailed when it does not hold, ValueError when the label was used before in this run.
        """
        if any(evaluation.label == label for evaluation in self.evaluations):
            raise ValueError(f"{self.requirement_id} evaluates {label!r} twice; a label names one expectation")
        self.evaluations.append(Evaluation(label, control, holds))
        if response is not None:
            self.exchanges.add(response.number)
        if not holds:
            number = response.number if response else None
            raise ExpectationFailed(label, control=control, expected=expected, actual=actual, exchange=number)


class Evaluator:
    """Evaluates the expectations, or the controls, of one run of a check."""

    def __init__(self, check_run: CheckRun, *, control: bool) -> None:
        self._check_run = check_run
        self._control = control

    def __call__(self, response: Response, name: str = "") -> "ResponseExpectations":
        """Return the expectations on a response; `name` begins their labels where a check has several."""
        return ResponseExpectations(self, response, name)

    def that(self, label: str, *, holds: bool, expected: str, actual: str, response: Response | None = None) -> None:
        """Expect what no method of ResponseExpectations says."""
        self._check_run.evaluate(
            label, control=self._control, holds=holds, expected=expected, actual=actual, response=response
        )


@dataclass(frozen=True, slots=True)
class ResponseExpectations:
    """What can be expected of one response."""

    _judge: Evaluator
    _response: Response
    _name: str

    def status(self, *accepted: int) -> None:
        """Expect one of the status codes; label "status"."""
        expected = " or ".join(str(code) for code in accepted)
        self._that(
            "status", holds=self._response.status in accepted, expected=expected, actual=describe(self._response)
        )

    def success(self) -> None:
        """Expect any 2xx; label "status"."""
        self._that("status", holds=self._response.succeeded, expected="a 2xx status", actual=describe(self._response))

    def body(self, content: Content) -> None:
        """Expect exactly these bytes; label "body"."""
        self._that(
            "body",
            holds=(self._response.size, self._response.sha256) == (content.size, content.sha256),
            expected=f"{content.size} bytes with SHA-256 {content.sha256}",
            actual=_body_of(self._response) if self._response.status in BODY_EXPECTED else describe(self._response),
        )

    def no_body(self) -> None:
        """Expect not a single body byte; label "body"."""
        self._that("body", holds=self._response.size == 0, expected="no body", actual=_body_of(self._response))

    def header(self, name: str, holds: Callable[[str], bool], expected: str) -> None:
        """Expect a header whose value fits; label "header" and the name in lower case."""
        value = self._response.header(name)
        self._that(
            f"header {name.lower()}",
            holds=value is not None and holds(value),
            expected=expected,
            actual=value
            if value is not None
            else f"no {name}: {self._response.failure}"
            if self._response.failure
            else f"no {name}",
        )

    def key(self, name: str, holds: Callable[[object], bool], expected: str) -> None:
        """Expect a key of the JSON body whose value fits; label "key" and the name."""
        document = self._response.json()
        found = isinstance(document, dict) and name in document
        self._that(
            f"key {name}",
            holds=found and holds(self._response.key(name)),
            expected=expected,
            actual=repr(self._response.key(name)) if found else f"no key {name} in {describe(self._response)}",
        )

    def _that(self, label: str, *, holds: bool, expected: str, actual: str) -> None:
        whole = f"{self._name} {label}" if self._name else label
        self._judge.that(whole, holds=holds, expected=expected, actual=actual, response=self._response)


def _body_of(response: Response) -> str:
    cut = f", cut off: {response.failure}" if response.failure else ""
    return f"{response.size} bytes with SHA-256 {response.sha256}{cut}"
