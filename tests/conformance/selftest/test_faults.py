"""The broken registries and the matrix belong together, name by name."""

from __future__ import annotations

import re

from conformance.requirements.catalogue import load_catalogue
from conformance.selftest.faults.catalogue import every_fault
from conformance.selftest.matrix import load, requirement_of


def test_every_fault_has_a_row_and_every_row_a_fault() -> None:
    assert {fault.name for fault in every_fault()} == set(load())


def test_every_row_turns_something_red() -> None:
    assert [name for name, kills in load().items() if not kills.red] == []


def test_every_must_is_red_in_some_row() -> None:
    red = {requirement_of(expectation) for kills in load().values() for expectation in kills.red}
    assert [entry.id for entry in load_catalogue() if entry.level == "must" and entry.id not in red] == []


def test_rows_speak_of_requirements_that_exist() -> None:
    spoken_of = {requirement_of(subject) for kills in load().values() for subject in kills.red | kills.untestable}
    assert spoken_of <= set(load_catalogue().by_id)


def test_every_fault_has_a_plain_name_and_one_sentence() -> None:
    for fault in every_fault():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*\.[a-z0-9]+(-[a-z0-9]+)*", fault.name), fault.name
        assert re.fullmatch(r"[^\n]+\.", fault.wrong), fault.wrong
