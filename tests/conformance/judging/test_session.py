"""The run of pytest inside the program: nothing of the caller's pytest gets in, and checks cannot be odd."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from conformance.judging.plugin import BindingError, checks_by_requirement
from conformance.judging.session import locate_checks
from tests.conformance.conftest import Ran


def test_the_callers_pytest_configuration_does_not_leak_in(
    run: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n", encoding="utf-8")
    (tmp_path / "conftest.py").write_text("raise RuntimeError('leaked')\n", encoding="utf-8")
    (tmp_path / "leaky.py").write_text("raise RuntimeError('leaked')\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option -k nothing")
    monkeypatch.setenv("PYTEST_PLUGINS", "leaky")
    ran = run("--only", "publish.answers-created")
    assert ran.code == 0
    assert "leaky" not in sys.modules


def test_the_callers_environment_is_as_it_was_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k nothing")
    before = dict(os.environ)
    locate_checks()
    assert dict(os.environ) == before


def item(name: str, *identifiers: str) -> pytest.Item:
    marks = [pytest.mark.requirement(identifier).mark for identifier in identifiers]
    return cast("pytest.Item", SimpleNamespace(nodeid=name, iter_markers=lambda _: iter(marks)))


def test_a_check_without_a_requirement_is_an_error() -> None:
    with pytest.raises(BindingError, match="test_odd is bound to 0 requirements"):
        checks_by_requirement([item("test_odd")])


def test_two_checks_for_one_requirement_are_an_error() -> None:
    with pytest.raises(BindingError, match=r"test_two and test_one both judge publish\.a"):
        checks_by_requirement([item("test_one", "publish.a"), item("test_two", "publish.a")])
