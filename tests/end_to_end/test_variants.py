"""The variants of the server that only benchmarks run serve as the server itself does."""

import urllib.request
from pathlib import Path

import pytest

from tests.bench.variants import VARIANTS
from tests.support.server_process import running_registry

SECONDS = 30


@pytest.mark.parametrize("variant", list(VARIANTS))
def test_a_variant_stores_small_and_large_files(tmp_path: Path, variant: str) -> None:
    with running_registry(tmp_path, program=("tests.bench.variants", variant)) as registry:
        headers = {"PRIVATE-TOKEN": registry.token}
        for content in (bytes(1_000), bytes(100_000)):
            url = registry.file_url("package", f"file-{len(content)}")
            put = urllib.request.Request(url, content, headers, method="PUT")
            with urllib.request.urlopen(put, timeout=SECONDS) as stored:
                assert stored.status == 201
            get = urllib.request.Request(url, headers=headers)
            with urllib.request.urlopen(get, timeout=SECONDS) as answer:
                assert answer.read() == content
