"""Expectations: each holds and fails as it should, under its label."""

from collections.abc import Callable

import pytest

from conformance.content.generator import LiteralContent
from conformance.judging.expectations import CheckRun, Evaluator, ExpectationFailed, ResponseExpectations
from conformance.judging.results import Evaluation
from conformance.transport.response import Response

HELLO = LiteralContent(b'{"size": 5}')


def response(status: int | None = 200, body: bytes = HELLO.data) -> Response:
    content = LiteralContent(body)
    return Response(
        number=7,
        status=status,
        reason="",
        headers=(("content-type", "application/json"), ("x-twice", "a"), ("x-twice", "b")),
        interim=(),
        size=content.size,
        sha256=content.sha256,
        kept=body,
        body_sent=0,
        seconds=0.1,
        reusable=True,
        failure=None if status else "silence",
        lost=False,
    )


HOLDING: dict[str, Callable[[ResponseExpectations], None]] = {
    "status": lambda expected: expected.status(404, 200),
    "body": lambda expected: expected.body(HELLO),
    "header x-twice": lambda expected: expected.header("X-Twice", lambda value: value == "a, b", "both"),
    "key size": lambda expected: expected.key("size", lambda value: value == 5, "5"),
}
FAILING: dict[str, Callable[[ResponseExpectations], None]] = {
    "status": lambda expected: expected.status(201, 404),
    "body": lambda expected: expected.no_body(),
    "header x-absent": lambda expected: expected.header("X-Absent", lambda _: True, "any"),
    "header x-twice": lambda expected: expected.header("X-Twice", lambda value: value == "a", "a"),
    "key absent": lambda expected: expected.key("absent", lambda _: True, "any"),
    "key size": lambda expected: expected.key("size", lambda value: value == "5", "'5'"),
}


@pytest.mark.parametrize("label", HOLDING)
def test_what_holds_is_recorded_under_its_label(label: str) -> None:
    check_run = CheckRun("publish.answers-created")
    HOLDING[label](Evaluator(check_run, control=False)(response()))
    assert check_run.evaluations == [Evaluation(label, control=False, held=True)]
    assert check_run.exchanges == {7}


@pytest.mark.parametrize("label", FAILING)
def test_what_does_not_hold_ends_the_check_under_its_label(label: str) -> None:
    check_run = CheckRun("publish.answers-created")
    with pytest.raises(ExpectationFailed) as raised:
        FAILING[label](Evaluator(check_run, control=True)(response(), "first"))
    assert (raised.value.label, raised.value.control, raised.value.exchange) == (f"first {label}", True, 7)
    assert check_run.evaluations == [Evaluation(f"first {label}", control=True, held=False)]


def test_any_success_is_one_and_no_answer_is_none() -> None:
    Evaluator(CheckRun("x"), control=False)(response(204)).success()
    with pytest.raises(ExpectationFailed, match="no answer: silence"):
        Evaluator(CheckRun("x"), control=False)(response(None)).success()


def test_a_label_names_one_expectation_only() -> None:
    expected = Evaluator(CheckRun("x"), control=False)(response())
    expected.status(200)
    with pytest.raises(ValueError, match="twice"):
        expected.status(200)


def test_a_refusal_instead_of_a_file_is_shown_with_its_status() -> None:
    with pytest.raises(ExpectationFailed, match="got 404"):
        Evaluator(CheckRun("x"), control=False)(response(404)).body(LiteralContent(b"other"))
