"""Many clients publish one file at once where duplicates are refused: exactly one of them wins."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from tests.support.front_end import Answer, Served
from tests.support.server_process import Registry

CLIENTS = 32
ROUNDS = 20
REFUSAL = {"message": "400 Bad request - Duplicate package is not allowed"}


@pytest.fixture(scope="module")
def strict_registry(registry_over_carrier: Registry) -> Registry:
    registry = registry_over_carrier
    mutation = b"""mutation { updateNamespacePackageSettings(
      input: {namespacePath: "end-to-end", genericDuplicatesAllowed: false}) { errors } }"""
    changed = registry.served.send("POST", f"/api/graphql?query={quote(mutation)}", token=registry.root_token)
    assert changed.json() == {"data": {"updateNamespacePackageSettings": {"errors": []}}}
    return registry


def publish(served: Served, path: str, body: bytes, together: threading.Barrier) -> Answer:
    together.wait()
    return served.send("PUT", path, body)


@pytest.mark.parametrize("size", [100, 100_000])
def test_of_32_parallel_uploads_exactly_one_is_taken_twenty_times_in_a_row(
    strict_registry: Registry, size: int
) -> None:
    together = threading.Barrier(CLIENTS)
    for number in range(ROUNDS):
        path = strict_registry.file_path(f"contended-{size}", "file.bin", f"1.{number}")
        bodies = [bytes([seed]) * size for seed in range(CLIENTS)]
        with ThreadPoolExecutor(CLIENTS) as clients:
            uploads = [clients.submit(publish, strict_registry.served, path, body, together) for body in bodies]
            answers = [upload.result() for upload in uploads]
        assert Counter(answer.status for answer in answers) == {201: 1, 400: CLIENTS - 1}
        assert all(answer.json() == REFUSAL for answer in answers if answer.status == 400)
        winner = next(body for body, answer in zip(bodies, answers, strict=True) if answer.status == 201)
        assert strict_registry.served.send("GET", path).body == winner
