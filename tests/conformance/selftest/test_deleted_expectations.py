"""A check that loses one expectation, or one control, makes the self-test fail."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.selftest.faults.fault import CURRENT
from conformance.selftest.good_server import GoodRegistry, reference_server
from tests.support.expectation_removal import copy_of_the_suite, statements, without

DELETED = [
    ("test_publish.py", "test_answers_created", 1, "publish.answers-without-message"),
    ("test_download.py", "test_checksum_header", 0, "download.wrong-checksum"),
    ("test_download.py", "test_unknown_is_404", 0, "download.missing-is-empty"),
    ("test_addressing.py", "test_plus", 1, "addressing.drops-plus"),
    ("test_validation.py", "test_refused", 1, "validation.replaces-spaces"),
    ("test_outcome.py", "test_publish_refused", 0, "authentication.guest-publishes"),
    ("test_outcome.py", "test_publish_refused", 1, "authentication.guest-publishes"),
    ("test_framing.py", "test_broken_off_leaves_nothing", 0, "framing.keeps-short-bodies"),
    ("test_newest.py", "test_upload_wins", 1, "newest.first-file-wins"),
    ("test_large.py", "test_range_deep_inside", 2, "large.shifts-deep-ranges"),
    ("steps.py", "expect_nothing_at", 2, "authentication.stores-before-it-asks"),
    ("test_lists.py", "test_list_hides_hidden", 0, "packages.lists-show-hidden"),
    ("test_protection.py", "test_refused_publish_leaves_nothing", 3, "protection.refuses-and-stores"),
    ("test_job_tokens.py", "test_ends", 2, "job-tokens.jobs-never-end"),
    ("test_duplicates.py", "test_refused_keeps_the_first", 1, "duplicates.refusals-lose-the-file"),
]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoodRegistry]:
    with reference_server(tmp_path_factory.mktemp("registry"), CURRENT) as registry:
        yield registry


def selftest(suite: Path, registry: GoodRegistry, fault: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "conformance", "selftest", "--good-url", registry.url]
    command += ["--good-token-file", str(registry.token_file), "--fault", fault, "--quick"]
    environment = {**os.environ, "PYTHONPATH": str(suite)}
    return subprocess.run(command, cwd=suite, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_copy_itself_passes(registry: GoodRegistry, tmp_path: Path) -> None:
    done = selftest(copy_of_the_suite(tmp_path), registry, "newest.first-file-wins")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize(("file", "function", "position", "fault"), DELETED)
def test_a_deleted_expectation_makes_the_selftest_fail(
    file: str, function: str, position: int, fault: str, registry: GoodRegistry, tmp_path: Path
) -> None:
    suite = copy_of_the_suite(tmp_path)
    check = suite / "conformance" / "checks" / file
    source = check.read_text()
    check.write_text(without(source, statements(source, function)[position]))
    done = selftest(suite, registry, fault)
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search("but is not|evaluated no expectation", done.stdout + done.stderr)
