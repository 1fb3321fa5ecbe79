"""The variants of the server that only benchmarks run serve as the server itself does."""

from pathlib import Path

import pytest

from tests.bench.variants import VARIANTS
from tests.support.server_process import running_registry


@pytest.mark.parametrize("variant", list(VARIANTS))
def test_a_variant_stores_small_and_large_files(tmp_path: Path, variant: str) -> None:
    with running_registry(tmp_path, program=("tests.bench.variants", variant)) as registry:
        for content in (bytes(1_000), bytes(100_000)):
            path = registry.file_path("package", f"file-{len(content)}")
            assert registry.served.send("PUT", path, content).status == 201
            assert registry.served.send("GET", path).body == content
