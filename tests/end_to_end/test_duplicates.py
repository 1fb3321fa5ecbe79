"""Many clients publish one file at once where duplicates are refused: exactly one of them wins."""

import json
import threading
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.server_process import Registry

CLIENTS = 32
ROUNDS = 20
REFUSAL = {"message": "400 Bad request - Duplicate package is not allowed"}


@pytest.fixture(scope="module")
def strict_registry(registry_over_carrier: Registry) -> Registry:
    mutation = """mutation { updateNamespacePackageSettings(
      input: {namespacePath: "end-to-end", genericDuplicatesAllowed: false}) { errors } }"""
    request = urllib.request.Request(
        f"{registry_over_carrier.url}/api/graphql",
        data=json.dumps({"query": mutation}).encode(),
        headers={"PRIVATE-TOKEN": registry_over_carrier.root_token, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer) == {"data": {"updateNamespacePackageSettings": {"errors": []}}}
    return registry_over_carrier


def publish(url: str, token: str, body: bytes, together: threading.Barrier) -> tuple[int, dict[str, object]]:
    request = urllib.request.Request(url, data=body, method="PUT", headers={"PRIVATE-TOKEN": token})
    together.wait()
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)


@pytest.mark.parametrize("size", [100, 100_000])
def test_of_32_parallel_uploads_exactly_one_is_taken_twenty_times_in_a_row(
    strict_registry: Registry, size: int
) -> None:
    together = threading.Barrier(CLIENTS)
    for number in range(ROUNDS):
        url = strict_registry.file_url(f"contended-{size}", "file.bin", f"1.{number}")
        bodies = [bytes([seed]) * size for seed in range(CLIENTS)]
        with ThreadPoolExecutor(CLIENTS) as clients:
            uploads = [clients.submit(publish, url, strict_registry.token, body, together) for body in bodies]
            answers = [upload.result() for upload in uploads]
        assert Counter(status for status, _ in answers) == {201: 1, 400: CLIENTS - 1}
        assert all(said == REFUSAL for status, said in answers if status == 400)
        winner = next(body for body, (status, _) in zip(bodies, answers, strict=True) if status == 201)
        request = urllib.request.Request(url, headers={"PRIVATE-TOKEN": strict_registry.token})
        with urllib.request.urlopen(request) as stored:
            assert stored.read() == winner
