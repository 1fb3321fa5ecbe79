"""What happens at once: content deleted while it is published, and many publications of one file."""

import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from reference_server.contract.limits import SMALL_CONTENT_BYTES
from tests.support.storage import Registry, at, ending


@pytest.mark.parametrize("size", [1000, 100_000])
def test_content_deleted_and_published_at_once_is_never_lost(registry: Registry, size: int) -> None:
    contents = [os.urandom(size) for _ in range(2)]
    projects = [registry.project().id for _ in range(6)]
    before = registry.blobs()

    def churn(project: int) -> None:
        chance = random.Random(project)
        for number in range(25):
            content, where = chance.choice(contents), at(project, version=str(number))
            small = size <= SMALL_CONTENT_BYTES and chance.random() < 0.5
            row = registry.publish(where, content) if small else registry.publish_large(where, content)
            assert registry.read(where) == content
            if chance.random() < 0.5:
                registry.delete_package(project, row.package_id)
            else:
                registry.delete_file(project, row.package_id, row.id)

    with ThreadPoolExecutor(len(projects)) as pool:
        list(pool.map(churn, projects))
    registry.freed_to(before)


@pytest.mark.parametrize("size", [1000, 100_000])
def test_of_many_publications_of_one_file_exactly_one_is_taken_where_duplicates_are_not(
    registry: Registry, size: int
) -> None:
    project = registry.project_without_duplicates()
    staged = registry.staged()
    publish = registry.publish if size <= SMALL_CONTENT_BYTES else registry.publish_large
    with ThreadPoolExecutor(32) as pool:
        for number in range(5):
            where, contents = at(project, version=str(number)), [os.urandom(size) for _ in range(32)]
            ends = list(pool.map(lambda content: ending(lambda: publish(where, content)), contents))  # noqa: B023 -- all ends before the next round
            assert Counter(ends) == {"OK": 1, "PACKAGE_DUPLICATE": 31}
            assert registry.read(where) == contents[ends.index("OK")]
    assert registry.staged() == staged
