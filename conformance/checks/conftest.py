"""The fixtures of the checks: the registry, what is expected of it, and what controls that it can be judged."""

from typing import TypeVar

import pytest

from conformance.judging.expectations import Evaluator
from conformance.judging.plugin import JudgingPlugin
from conformance.target.registry import Registry

Plugin = TypeVar("Plugin")


@pytest.fixture
def expect(judging: JudgingPlugin) -> Evaluator:
    """Return the evaluator of what the requirement asks for."""
    return Evaluator(judging.check_run, control=False)


@pytest.fixture
def control(judging: JudgingPlugin) -> Evaluator:
    """Return the evaluator of what must hold before the requirement can be judged."""
    return Evaluator(judging.check_run, control=True)


@pytest.fixture
def judging(request: pytest.FixtureRequest) -> JudgingPlugin:
    """Return the plugin of this run."""
    return _registered(request, "judging", JudgingPlugin)


@pytest.fixture
def registry(request: pytest.FixtureRequest) -> Registry:
    """Return the registry under test."""
    return _registered(request, "registry", Registry)


def _registered(request: pytest.FixtureRequest, name: str, kind: type[Plugin]) -> Plugin:
    plugin = request.config.pluginmanager.get_plugin(name)
    if not isinstance(plugin, kind):
        raise TypeError("the checks are run by the suite itself only")
    return plugin
