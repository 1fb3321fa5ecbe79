"""The matrix is written in one way and read back as it was, and says which requirements a fault is judged by."""

from __future__ import annotations

from pathlib import Path

from conformance.selftest.matrix import Matrix, Row, load, matches, save

ROW = Row(frozenset({"a.one#status"}), ("a.*",), ("b.two",))


def test_a_saved_matrix_loads_as_the_same_one(tmp_path: Path) -> None:
    many = Row(frozenset({f"a.requirement-with-a-long-name-{number}#body" for number in range(9)}))
    odd = Row(frozenset({'a.one#key "x\\y"'}))
    controls = frozenset({"a.one#published status", "a.two#published status", "b.one#etag"})
    matrix = Matrix({"f.b": ROW, "f.a": odd, "g.15-a": many}, controls)
    save(matrix, tmp_path / "matrix.toml")
    assert load(tmp_path / "matrix.toml") == matrix


def test_saving_again_changes_nothing(tmp_path: Path) -> None:
    save(Matrix({"f.b": ROW, "f.a": ROW}), tmp_path / "one.toml")
    save(load(tmp_path / "one.toml"), tmp_path / "two.toml")
    assert (tmp_path / "one.toml").read_text() == (tmp_path / "two.toml").read_text()


def test_an_absent_matrix_is_empty(tmp_path: Path) -> None:
    assert load(tmp_path / "matrix.toml") == Matrix()


def test_a_fault_is_judged_by_the_requirements_that_its_row_pins() -> None:
    row = Row(frozenset({"a.two#status", "a.one#status", "a.one#body"}), ("a.three",), ("b.*",))
    assert Matrix({"f": row}).requirements_of("f") == ("a.one", "a.two")
    assert Matrix().requirements_of("f") == ()


def test_a_glob_is_of_requirements_whatever_their_label() -> None:
    assert matches("a.one#status", ["b.*", "a.*"])
    assert matches("a.one", ["a.one"])
    assert not matches("ab.one#status", ["a.*"])
