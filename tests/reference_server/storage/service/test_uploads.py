"""Begun uploads: what ends them, what may be repeated, and who else may write the staging file."""

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from generic_packages.storage.v1 import content_pb2
from generic_packages.storage.v1 import packages_pb2 as pb

from reference_server.contract.limits import MESSAGE_BYTES
from tests.support.storage import SECONDS, Registry, at, in_project, outcome, parts, private_token, running

CONTENT = os.urandom(300_000)
DIGEST = hashlib.sha256(CONTENT).digest()


def committing(registry: Registry, upload_id: str, **changed: object) -> str:
    return registry.outcome(
        "commit_publication", upload_id=upload_id, **{"size": len(CONTENT), "sha256": DIGEST, **changed}
    )


@pytest.fixture
def begun(registry: Registry, project: int) -> str:
    """Begin an upload; return its id."""
    return str(registry.begin(at(project)).upload_id)


@pytest.fixture
def sent(registry: Registry, begun: str) -> str:
    """Send the content of an upload; return its id."""
    registry.send(begun, CONTENT)
    return begun


def test_begin_names_the_upload_and_its_limit(registry: Registry) -> None:
    begun = registry.begin(at(registry.project().id), declared_size=5)
    assert len(begun.upload_id) == 32
    assert set(begun.upload_id) <= set("0123456789abcdef")
    assert begun.maximum_bytes == 5 * 1024**3
    assert not begun.HasField("staging_path")
    assert not begun.legacy_digests


def test_the_storage_says_what_arrived(registry: Registry, begun: str) -> None:
    answer = registry.send(begun, CONTENT, message=50_000)
    assert (answer.size, answer.sha256) == (len(CONTENT), DIGEST)


def test_nothing_is_visible_before_the_commit(registry: Registry, project: int, sent: str) -> None:
    assert registry.outcome("open_package_file", coordinates=at(project)) == "PACKAGE_FILE_NOT_FOUND"
    assert not registry.ask("ListPackages", project=str(project)).packages


def test_committing_twice_answers_the_same_record(registry: Registry, sent: str) -> None:
    first = registry.commit(sent, CONTENT)
    assert registry.commit(sent, CONTENT) == first
    assert len(registry.files(first.project_id, first.package_id)) == 1


@pytest.mark.parametrize("changed", [{"size": 1}, {"sha256": bytes(32)}, {"sha256": b""}, {"size": 0}])
def test_content_that_is_not_as_declared_is_refused_and_ends_the_upload(
    registry: Registry, sent: str, changed: dict[str, object]
) -> None:
    assert committing(registry, sent, **changed) == "CONTENT_MISMATCH"
    assert sent not in registry.staged()
    assert committing(registry, sent) == "UPLOAD_NOT_FOUND"


def test_a_commit_without_content_is_no_match(registry: Registry, begun: str) -> None:
    assert committing(registry, begun) == "CONTENT_MISMATCH"


def test_abandoning_frees_what_was_staged_and_succeeds_again(registry: Registry, sent: str) -> None:
    assert sent in registry.staged()
    for _ in range(2):
        assert registry.outcome("AbandonPublication", upload_id=sent) == "OK"
    assert sent not in registry.staged()
    assert committing(registry, sent) == "UPLOAD_NOT_FOUND"


def test_a_committed_upload_cannot_be_abandoned(registry: Registry, project: int, sent: str) -> None:
    registry.commit(sent, CONTENT)
    assert registry.outcome("AbandonPublication", upload_id=sent) == "OK"
    assert registry.read(at(project)) == CONTENT


@pytest.mark.parametrize("upload_id", ["", "0" * 32, "../../etc/passwd"])
def test_an_upload_that_was_never_begun_is_not_found(registry: Registry, upload_id: str) -> None:
    assert committing(registry, upload_id) == "UPLOAD_NOT_FOUND"
    assert outcome(registry.content.UploadContent, parts(upload_id, b"x")) == "UPLOAD_NOT_FOUND"


def test_content_comes_once(registry: Registry, sent: str) -> None:
    assert outcome(registry.content.UploadContent, parts(sent, b"again")) == "PARAMETER_INVALID"
    assert committing(registry, sent) == "OK"


@pytest.mark.parametrize("messages", [[], [{}], [{"content": b"no id before"}]])
def test_a_stream_that_names_no_upload_is_refused(registry: Registry, messages: list[dict[str, Any]]) -> None:
    stream = (content_pb2.UploadContentRequest(**message) for message in messages)
    assert outcome(registry.content.UploadContent, stream) == "PARAMETER_INVALID"


@pytest.mark.parametrize("second", [{"content": bytes(MESSAGE_BYTES + 1)}, {"upload_id": "again"}, {}])
def test_a_malformed_message_ends_the_upload(registry: Registry, begun: str, second: dict[str, Any]) -> None:
    messages = [content_pb2.UploadContentRequest(**each) for each in ({"upload_id": begun}, second)]
    assert outcome(registry.content.UploadContent, iter(messages)) == "PARAMETER_INVALID"
    assert begun not in registry.staged()


def test_a_stream_that_breaks_leaves_nothing_to_commit(registry: Registry, begun: str) -> None:
    halfway, over = threading.Event(), threading.Event()

    def pieces() -> Iterator[content_pb2.UploadContentRequest]:
        yield content_pb2.UploadContentRequest(upload_id=begun)
        yield content_pb2.UploadContentRequest(content=CONTENT[:-1])
        halfway.set()
        over.wait(SECONDS)

    call = registry.content.UploadContent.future(pieces(), timeout=SECONDS)
    assert halfway.wait(SECONDS)
    call.cancel()
    over.set()
    assert committing(registry, begun) in {"CONTENT_MISMATCH", "UPLOAD_NOT_FOUND"}
    assert begun not in registry.staged()


def test_a_token_that_is_revoked_meanwhile_no_longer_commits(registry: Registry, project: int) -> None:
    created = registry.access_token(project)
    begun = registry.begin(at(project), by=private_token(created.secret))
    registry.send(begun.upload_id, CONTENT)
    registry.ask("RevokeAccessToken", place=in_project(project), token_id=created.access_token.id)
    assert committing(registry, begun.upload_id) == "CREDENTIAL_REVOKED"
    assert begun.upload_id not in registry.staged()


def test_a_file_published_meanwhile_is_a_duplicate_at_the_commit(registry: Registry) -> None:
    where = at(registry.project_without_duplicates())
    begun = registry.begin(where)
    registry.send(begun.upload_id, CONTENT)
    registry.publish(where, b"first")
    before = registry.blobs()
    assert committing(registry, begun.upload_id) == "PACKAGE_DUPLICATE"
    assert registry.blobs() == before
    assert registry.outcome("begin_publication", coordinates=where) == "PACKAGE_DUPLICATE"


def test_a_negative_size_is_refused(registry: Registry) -> None:
    where = at(registry.project().id)
    assert registry.outcome("begin_publication", coordinates=where, declared_size=-1) == "PARAMETER_INVALID"


def _write(registry: Registry, staging_path: str, content: bytes) -> None:
    description = registry.content.DescribeVolume(content_pb2.DescribeVolumeRequest(), timeout=SECONDS)
    (Path(description.root) / staging_path).write_bytes(content)


@pytest.mark.parametrize("size", [0, 100, len(CONTENT)])
def test_whoever_shares_the_volume_writes_the_staging_file_itself(registry: Registry, size: int) -> None:
    where = at(registry.project().id)
    begun = registry.begin(where, shares_volume=True)
    _write(registry, begun.staging_path, CONTENT[:size])
    registry.commit(begun.upload_id, CONTENT[:size])
    assert registry.read(where) == CONTENT[:size]
    assert begun.upload_id not in registry.staged()


def test_what_lies_in_the_staging_file_is_compared_with_what_is_claimed(registry: Registry, project: int) -> None:
    short = registry.begin(at(project), shares_volume=True)
    _write(registry, short.staging_path, CONTENT[:-1])
    assert committing(registry, short.upload_id) == "CONTENT_MISMATCH"
    other = registry.begin(at(project), shares_volume=True)
    _write(registry, other.staging_path, b"not this")
    refused = committing(registry, other.upload_id, size=8, sha256=hashlib.sha256(b"but this").digest())
    assert refused == "CONTENT_MISMATCH"


def test_content_does_not_come_by_two_ways(registry: Registry) -> None:
    begun = registry.begin(at(registry.project().id), shares_volume=True)
    assert outcome(registry.content.UploadContent, parts(begun.upload_id, CONTENT)) == "PARAMETER_INVALID"


def test_the_volume_is_proven_by_a_file_that_holds_the_nonce(registry: Registry) -> None:
    description = registry.content.DescribeVolume(content_pb2.DescribeVolumeRequest(), timeout=SECONDS)
    assert (Path(description.root) / description.nonce_path).read_bytes() == description.nonce
    assert len(description.nonce) == 32


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Run a registry that takes 100,000 bytes and computes all digests."""
    with running(tmp_path_factory.mktemp("limited"), max_file_size=100_000, legacy_digests=True) as client:
        yield client


def test_a_declared_size_over_the_limit_is_refused_at_once(limited: Registry) -> None:
    where = at(limited.project().id)
    assert limited.outcome("begin_publication", coordinates=where, declared_size=100_001) == "FILE_TOO_LARGE"


def test_content_over_the_limit_ends_the_upload(limited: Registry) -> None:
    begun = limited.begin(at(limited.project().id))
    assert outcome(limited.content.UploadContent, parts(begun.upload_id, bytes(100_001))) == "FILE_TOO_LARGE"
    assert limited.staged() == set()


def test_a_staging_file_over_the_limit_is_refused_at_the_commit(limited: Registry) -> None:
    begun = limited.begin(at(limited.project().id), shares_volume=True)
    _write(limited, begun.staging_path, CONTENT)
    digests = {"md5": hashlib.md5(CONTENT).digest(), "sha1": hashlib.sha1(CONTENT).digest()}
    assert committing(limited, begun.upload_id, **digests) == "FILE_TOO_LARGE"
    assert limited.staged() == set()


@pytest.mark.parametrize("size", [10, 90_000])
def test_all_digests_are_recorded_however_the_content_comes(limited: Registry, size: int) -> None:
    project, content = limited.project().id, CONTENT[:size]
    expected = (hashlib.md5(content).digest(), hashlib.sha1(content).digest())
    rows = [limited.publish_large(at(project, "streamed"), content)]
    begun = limited.begin(at(project, "direct"), shares_volume=True)
    assert begun.legacy_digests
    _write(limited, begun.staging_path, content)
    rows.append(limited.commit(begun.upload_id, content, md5=expected[0], sha1=expected[1]))
    if size < 100:
        rows.append(limited.publish(at(project, "small"), content))
    assert {(row.md5, row.sha1) for row in rows} == {expected}


def test_a_direct_commit_without_all_digests_is_refused(limited: Registry) -> None:
    begun = limited.begin(at(limited.project().id), shares_volume=True)
    _write(limited, begun.staging_path, b"content")
    claimed = {"size": 7, "sha256": hashlib.sha256(b"content").digest()}
    assert committing(limited, begun.upload_id, **claimed) == "PARAMETER_MISSING"


def test_a_call_without_a_deadline_is_refused(registry: Registry) -> None:
    with pytest.raises(grpc.RpcError) as refusal:
        registry.packages.AbandonPublication(pb.AbandonPublicationRequest(upload_id="x"))
    assert refusal.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    with pytest.raises(grpc.RpcError) as refusal:
        list(registry.content.DownloadContent(content_pb2.DownloadContentRequest()))
    assert refusal.value.code() == grpc.StatusCode.INVALID_ARGUMENT
