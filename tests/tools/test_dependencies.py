"""Names that belong to others and that they may change at will: each is listed, and its package has an upper bound."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
PROGRAMS = ("conformance", "reference_server")
PRIVATE = {
    "google-re2": {"_Regexp"},
    "tornado": {"_handle_connection", "_read_buffer_size", "_read_future"},
}
OF_PYTHON = {"_SubParsersAction", "_replace"}


def nodes() -> Iterator[ast.AST]:
    for program in PROGRAMS:
        for path in (CHECKOUT / program).rglob("*.py"):
            yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def named_by(node: ast.AST) -> str:
    """Return the name that a node makes the program's own, empty when it makes none."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            return name
    return ""


def test_every_private_name_of_a_dependency_is_listed() -> None:
    every = list(nodes())
    used = {node.attr for node in every if isinstance(node, ast.Attribute) and re.match("_[^_]", node.attr)}
    used |= {
        name.name for node in every if isinstance(node, ast.ImportFrom) for name in node.names if name.name[0] == "_"
    }
    foreign = used - {named_by(node) for node in every}
    assert foreign - OF_PYTHON == set().union(*PRIVATE.values())


def test_every_dependency_with_a_private_name_in_use_has_an_upper_bound() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = [*project["dependencies"], *project["optional-dependencies"]["server"]]
    for package in PRIVATE:
        (requirement,) = (one for one in requirements if re.split("[<>=]", one)[0] == package)
        assert ",<" in requirement
