"""Deletes one expectation or control from a copy of the suite, as a careless change would."""

import ast
import shutil
from pathlib import Path

import conformance

SUITE = Path(conformance.__file__).parent
JUDGING = {"expect", "control", "all_accepted", "expect_column", "expect_nothing_at", "_expect_no_body"}


def copy_of_the_suite(folder: Path) -> Path:
    """Copy the suite's package into a folder, from which it can be run as a module; return that folder."""
    shutil.copytree(SUITE, folder / "conformance", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def statements(source: str, function: str = "") -> list[ast.stmt]:
    """Return the statements that judge, in the order of the text: of one function, or of all."""
    tree = ast.parse(source)
    bodies = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and function in {"", node.name}]
    found = [one for body in bodies for one in ast.walk(body) if isinstance(one, ast.Expr) and _judges(one.value)]
    return sorted(found, key=lambda statement: statement.lineno)


def _judges(node: ast.expr) -> bool:
    while isinstance(node, ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    return isinstance(node, ast.Name) and node.id in JUDGING


def without(source: str, statement: ast.stmt) -> str:
    """Return the source with a statement replaced by one that does nothing."""
    lines = source.splitlines(keepends=True)
    lines[statement.lineno - 1 : statement.end_lineno] = [" " * statement.col_offset + "...\n"]
    return "".join(lines)
