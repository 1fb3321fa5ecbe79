"""Deleting content while the same content is published: what is acknowledged is always downloadable."""

from __future__ import annotations

import os
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from reference_server.contract.limits import SMALL_CONTENT_BYTES
from tests.reference_server.storage.registry import Registry, at


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
    assert registry.freed_to(before)
