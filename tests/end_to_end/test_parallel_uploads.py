"""Many clients publish at once."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

from tests.support.server_process import Registry

SIZE = 200_000


def content(seed: int) -> bytes:
    """Return content that no other seed has; every second one small enough for one message."""
    block = hashlib.sha256(str(seed).encode()).digest()
    return block * ((SIZE if seed % 2 else SIZE // 100) // len(block))


def publish(registry: Registry, file_name: str, body: bytes, package: str) -> dict[str, object]:
    path = f"{registry.file_path(package, file_name)}?select=package_file"
    answer = registry.served.send("PUT", path, body)
    assert answer.status == 200
    return answer.json()


def download(registry: Registry, file_name: str, package: str) -> bytes:
    return registry.served.send("GET", registry.file_path(package, file_name)).body


def test_64_parallel_first_uploads_make_one_package(registry_over_carrier: Registry) -> None:
    registry = registry_over_carrier
    with ThreadPoolExecutor(64) as clients:
        records = list(
            clients.map(lambda seed: publish(registry, f"file-{seed}", content(seed), "parallel"), range(64))
        )
    assert len({record["package_id"] for record in records}) == 1
    assert len({record["id"] for record in records}) == 64
    for seed in range(64):
        assert download(registry, f"file-{seed}", "parallel") == content(seed)


def test_parallel_uploads_of_one_name_leave_one_of_them_whole_and_newest(registry_over_carrier: Registry) -> None:
    registry = registry_over_carrier
    bodies = {content(seed) for seed in range(32)}
    publish(registry, "one", content(0), "contended")
    with ThreadPoolExecutor(40) as clients:
        uploads = [clients.submit(publish, registry, "one", content(seed), "contended") for seed in range(32)]
        downloads = [clients.submit(download, registry, "one", "contended") for _ in range(64)]
        assert all(read.result() in bodies for read in downloads)
        records = [upload.result() for upload in uploads]
    newest = max(records, key=lambda record: int(str(record["id"])))
    final = download(registry, "one", "contended")
    assert hashlib.sha256(final).hexdigest() == newest["file_sha256"]
