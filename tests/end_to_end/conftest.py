"""One server for all end-to-end tests, and one over each carrier for those where bytes matter."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server_process import Registry, running_registry


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with running_registry(tmp_path_factory.mktemp("registry"), "--workers", "2") as running:
        yield running


@pytest.fixture(scope="module", params=["auto", "streamed"])
def registry_over_carrier(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Registry]:
    """Start a server of its own for the module, over each carrier in turn; auto is direct here."""
    with running_registry(tmp_path_factory.mktemp(request.param), "--carrier", request.param) as running:
        yield running


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a file of 300,000 bytes, more than the storage takes in one message and with every byte value in it."""
    path = tmp_path / "source.bin"
    path.write_bytes(bytes(number * number % 256 for number in range(300_000)))
    return path
