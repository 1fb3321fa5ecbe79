"""Runs pytest inside the program, on the suite's own checks and with nothing of the caller's pytest."""

import inspect
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import pytest

from conformance.judging.plugin import BindingError, checks_by_requirement

CHECKS = Path(str(resources.files("conformance.checks")))
FOREIGN_VARIABLES = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DEBUG")
OPTIONS = (
    f"--config-file={CHECKS / 'pytest.ini'}",
    f"--rootdir={CHECKS}",
    f"--confcutdir={CHECKS}",
    "--disable-plugin-autoload",
    "--import-mode=importlib",
    "--assert=plain",
    "--capture=no",
    *(f"-pno:{name}" for name in ("cacheprovider", "terminal", "logging", "faulthandler", "junitxml", "warnings")),
    *(f"-pno:{name}" for name in ("threadexception", "unraisableexception", "doctest", "unittest", "pastebin")),
)


@dataclass(frozen=True, slots=True)
class CheckLocation:
    """Where the check of a requirement is written and what its docstring says."""

    file: str
    function: str
    docstring: str


class Registration:
    """Registers plugins under names, by which the fixtures find them."""

    def __init__(self, plugins: Mapping[str, object]) -> None:
        self._plugins = plugins

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Register them."""
        for name, plugin in self._plugins.items():
            config.pluginmanager.register(plugin, name)


class CollectionWatch:
    """Keeps what goes wrong, and what is found, while pytest collects the checks."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.items: list[pytest.Item] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep the reason why a file of checks could not be read."""
        if report.failed:
            self.problems.append(str(report.longrepr))

    def pytest_internalerror(self, excrepr: object) -> None:
        """Keep an error of pytest or of the plugin."""
        self.problems.append(str(excrepr).strip().splitlines()[-1])

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep the checks that were found."""
        self.items = list(session.items)


def run_checks(plugins: Mapping[str, object], sections: Iterable[str]) -> bool:
    """Run the checks of the sections that the plugins, given by name, keep; return whether the user interrupted them.

    Raises BindingError when the checks could not be collected or pytest itself failed.
    """
    watch = CollectionWatch()
    with _own_environment():
        files = [str(CHECKS / f"test_{section}.py") for section in sections]
        code = pytest.main([*OPTIONS, *(files or [str(CHECKS)])], plugins=[Registration(plugins), watch])
    if watch.problems:
        raise BindingError("; ".join(watch.problems))
    return code == pytest.ExitCode.INTERRUPTED


def locate_checks() -> dict[str, CheckLocation]:
    """Return where the check of each requirement is, by requirement id.

    Raises BindingError when a check is not bound to exactly one requirement.
    """
    watch = CollectionWatch()
    with _own_environment():
        pytest.main([*OPTIONS, "--collect-only", str(CHECKS)], plugins=[watch])
    if watch.problems:
        raise BindingError("; ".join(watch.problems))
    return {identifier: _location(item) for identifier, item in checks_by_requirement(watch.items).items()}


def _location(item: pytest.Item) -> CheckLocation:
    function = getattr(item, "function", None)
    return CheckLocation(
        file=f"conformance/checks/{item.path.name}",
        function=getattr(function, "__name__", item.name),
        docstring=inspect.getdoc(function) or "",
    )


@contextmanager
def _own_environment() -> Iterator[None]:
    kept = {name: os.environ.pop(name) for name in FOREIGN_VARIABLES if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)
