"""The broken registries and the matrix belong together, name by name."""

from __future__ import annotations

import re
from fnmatch import filter  # noqa: A004 - of names by a glob
from pathlib import Path

from conformance.requirements.catalogue import load_catalogue
from conformance.selftest.faults.catalogue import every_fault
from conformance.selftest.findings import requirement_of
from conformance.selftest.matrix import FILE, load, save


def test_every_fault_has_a_row_and_every_row_a_fault() -> None:
    assert set(every_fault()) == set(load().rows)


def test_every_row_turns_something_red() -> None:
    assert [name for name, row in load().rows.items() if not row.red] == []


def test_every_must_is_red_in_some_row() -> None:
    red = {requirement_of(expectation) for expectation in load().red}
    assert [entry.id for entry in load_catalogue() if entry.level == "must" and entry.id not in red] == []


def test_rows_speak_of_requirements_that_exist() -> None:
    matrix, known = load(), load_catalogue().by_id
    assert {requirement_of(subject) for subject in matrix.red | matrix.controls} <= set(known)
    globs = {glob for row in matrix.rows.values() for glob in (*row.also_red, *row.untestable)}
    assert [glob for glob in globs if not filter(known, glob)] == []


def test_the_matrix_is_as_update_writes_it(tmp_path: Path) -> None:
    save(load(), tmp_path / "matrix.toml")
    assert (tmp_path / "matrix.toml").read_text() == FILE.read_text()


def test_every_fault_has_a_plain_name_and_one_sentence() -> None:
    for name, fault in every_fault().items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*\.[a-z0-9]+(-[a-z0-9]+)*", name), name
        assert re.fullmatch(r"[^\n]+\.", fault.wrong), fault.wrong
