"""The fixtures of the checks: the registry, what is expected of it, and what controls that it can be judged."""

import pytest

from conformance.judging.expectations import Evaluator
from conformance.judging.plugin import JudgingPlugin
from conformance.target.registry import Registry


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
    plugin = request.config.pluginmanager.get_plugin("judging")
    if not isinstance(plugin, JudgingPlugin):
        raise TypeError("the checks run under the suite's own plugin only")
    return plugin


@pytest.fixture
def registry(request: pytest.FixtureRequest) -> Registry:
    """Return the registry under test."""
    registry = request.config.pluginmanager.get_plugin("registry")
    if not isinstance(registry, Registry):
        raise TypeError("the checks run against the suite's own registry only")
    return registry
