"""Many clients publish at once."""

import hashlib
import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.support.server_process import Registry

SIZE = 200_000


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    record: dict[str, object]


def content(seed: int) -> bytes:
    """Return content that no other seed has; every second one small enough for one message."""
    block = hashlib.sha256(str(seed).encode()).digest()
    return block * ((SIZE if seed % 2 else SIZE // 100) // len(block))


def publish(registry: Registry, file_name: str, body: bytes, package: str) -> Answer:
    url = f"{registry.file_url(package, file_name)}?select=package_file"
    request = urllib.request.Request(url, data=body, method="PUT", headers={"PRIVATE-TOKEN": registry.token})
    with urllib.request.urlopen(request) as answer:
        return Answer(answer.status, json.load(answer))


def download(registry: Registry, file_name: str, package: str) -> bytes:
    request = urllib.request.Request(registry.file_url(package, file_name), headers={"PRIVATE-TOKEN": registry.token})
    with urllib.request.urlopen(request) as answer:
        body: bytes = answer.read()
    return body


def test_64_parallel_first_uploads_make_one_package(registry_over_carrier: Registry) -> None:
    registry = registry_over_carrier
    with ThreadPoolExecutor(64) as clients:
        answers = list(
            clients.map(lambda seed: publish(registry, f"file-{seed}", content(seed), "parallel"), range(64))
        )
    assert [answer.status for answer in answers] == [200] * 64
    assert len({answer.record["package_id"] for answer in answers}) == 1
    assert len({answer.record["id"] for answer in answers}) == 64
    for seed in range(64):
        assert download(registry, f"file-{seed}", "parallel") == content(seed)


def test_64_parallel_first_uploads_are_each_answered_201(registry_over_carrier: Registry) -> None:
    registry = registry_over_carrier

    def status(seed: int) -> int:
        request = urllib.request.Request(
            registry.file_url("parallel-plain", f"file-{seed}"),
            data=content(seed),
            method="PUT",
            headers={"PRIVATE-TOKEN": registry.token},
        )
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)

    with ThreadPoolExecutor(64) as clients:
        assert list(clients.map(status, range(64))) == [201] * 64


def test_parallel_uploads_of_one_name_leave_one_of_them_whole_and_newest(registry_over_carrier: Registry) -> None:
    registry = registry_over_carrier
    bodies = {content(seed) for seed in range(32)}
    publish(registry, "one", content(0), "contended")
    with ThreadPoolExecutor(40) as clients:
        uploads = [clients.submit(publish, registry, "one", content(seed), "contended") for seed in range(32)]
        downloads = [clients.submit(download, registry, "one", "contended") for _ in range(64)]
        assert all(read.result() in bodies for read in downloads)
        records = [upload.result().record for upload in uploads]
    newest = max(records, key=lambda record: int(str(record["id"])))
    final = download(registry, "one", "contended")
    assert hashlib.sha256(final).hexdigest() == newest["file_sha256"]
