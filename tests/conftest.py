"""The order of the tests: every worker begins with its share of the slow ones, so that none is left at the end."""

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deal the tests to the workers as worksteal hands them out: in blocks of equal length, slow ones first."""
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    if workers > 1:
        ordered = sorted(items, key=lambda item: item.get_closest_marker("slow") is None)
        items[:] = [item for worker in range(workers) for item in ordered[worker::workers]]
