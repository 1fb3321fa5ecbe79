"""The stream of operations: outcomes, deadlines, cancelling, coalescing, and streams that break."""

import contextlib
import hashlib
import os
import queue
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from generic_packages.storage.v1 import operations_pb2 as ops
from generic_packages.storage.v1 import packages_pb2 as pb

from reference_server.contract.failure import Failure
from reference_server.contract.limits import COALESCED_BYTES, OPERATIONS_PER_STREAM, SMALL_CONTENT_BYTES
from reference_server.contract.status import read_status
from reference_server.storage.metadata import writer
from reference_server.storage.metadata.sqlite.database import SqliteDatabase
from tests.support.storage import SECONDS, Registry, at, parts, running
from tests.support.storage_process import StorageProcess

Coordinates = pb.PackageFileCoordinates


class Stream:
    def __init__(self, registry: Registry) -> None:
        self._requests: queue.Queue[ops.OperateRequest | None] = queue.Queue()
        self.call = registry.operations.stub.Operate(iter(self._requests.get, None), timeout=SECONDS)

    def send(self, *operations: ops.Operation) -> None:
        self._requests.put(ops.OperateRequest(operations=operations))

    def half_close(self) -> None:
        self._requests.put(None)

    def message(self) -> list[ops.OperationOutcome]:
        return list(next(self.call).outcomes)

    def outcomes(self, count: int) -> dict[int, ops.OperationOutcome]:
        received: dict[int, ops.OperationOutcome] = {}
        while len(received) < count:
            received.update({outcome.tag: outcome for outcome in self.message()})
        return received


@contextlib.contextmanager
def opened(registry: Registry) -> Iterator[Stream]:
    stream = Stream(registry)
    try:
        yield stream
    finally:
        stream.half_close()
        stream.call.cancel()


@pytest.fixture
def stream(registry: Registry) -> Iterator[Stream]:
    with opened(registry) as stream:
        yield stream


@pytest.fixture
def where(project: int) -> Coordinates:
    return at(project)  # type: ignore[no-any-return]


def publish(registry: Registry, tag: int, where: Coordinates, content: bytes = b"x") -> ops.Operation:
    request = pb.PublishRequest(credentials=registry.root, coordinates=where, content=content)
    return ops.Operation(tag=tag, timeout_milliseconds=SECONDS * 1000, publish=request)


def fetch(registry: Registry, tag: int, where: Coordinates) -> ops.Operation:
    request = pb.OpenPackageFileRequest(credentials=registry.root, coordinates=where)
    return ops.Operation(tag=tag, timeout_milliseconds=SECONDS * 1000, open_package_file=request)


def said(outcome: ops.OperationOutcome) -> str:
    """Say what came of an operation: its answer's kind, the reason, or the status code."""
    if not outcome.HasField("failure"):
        return outcome.WhichOneof("outcome") or ""
    failure = read_status(outcome.failure)
    return failure.reason.value if isinstance(failure, Failure) else failure.code.name


def test_every_operation_has_its_outcome_under_its_tag(registry: Registry, stream: Stream) -> None:
    project, content = registry.project().id, os.urandom(100_000)
    where, large = at(project), at(project, "large")
    stream.send(publish(registry, 7, where, b"streamed"))
    assert stream.outcomes(1)[7].publish.package_file.size == 8
    stream.send(fetch(registry, 7, where))
    assert stream.outcomes(1)[7].open_package_file.inline_content == b"streamed"
    begin = pb.BeginPublicationRequest(credentials=registry.root, coordinates=large)
    stream.send(ops.Operation(tag=2**63, timeout_milliseconds=1000, begin_publication=begin))
    upload_id = stream.outcomes(1)[2**63].begin_publication.upload_id
    registry.content.UploadContent(parts(upload_id, content), timeout=SECONDS)
    commit = pb.CommitPublicationRequest(
        upload_id=upload_id, size=len(content), sha256=hashlib.sha256(content).digest()
    )
    stream.send(ops.Operation(tag=0, timeout_milliseconds=SECONDS * 1000, commit_publication=commit))
    assert stream.outcomes(1)[0].commit_publication.package_file.size == len(content)
    assert registry.read(large) == content


def test_outcomes_that_are_ready_together_travel_together(
    registry: Registry, stream: Stream, where: Coordinates
) -> None:
    registry.publish(where)
    stream.send(*(fetch(registry, tag, where) for tag in range(100)))
    assert len(stream.message()) == 100


def test_a_message_of_outcomes_stays_within_bounds(registry: Registry, stream: Stream, where: Coordinates) -> None:
    registry.publish(where, bytes(SMALL_CONTENT_BYTES))
    stream.send(*(fetch(registry, tag, where) for tag in range(100)))
    sizes: list[int] = []
    while sum(sizes) < 100:
        sizes.append(len(stream.message()))
    assert max(sizes) <= COALESCED_BYTES // SMALL_CONTENT_BYTES + 1


def test_each_operation_fails_for_itself(registry: Registry, stream: Stream, where: Coordinates) -> None:
    stream.send(
        publish(registry, 1, where),
        publish(registry, 2, at(where.project, "not/../valid")),
        fetch(registry, 3, at(10**9)),
        publish(registry, 4, at(where.project, "other")),
    )
    outcomes = stream.outcomes(4)
    assert {tag: said(outcome) for tag, outcome in outcomes.items()} == {
        1: "publish",
        2: "PARAMETER_INVALID",
        3: "PROJECT_NOT_FOUND",
        4: "publish",
    }


def test_malformed_operations_are_answered_and_do_not_end_the_stream(
    registry: Registry, stream: Stream, where: Coordinates
) -> None:
    timeless = fetch(registry, 2, where)
    timeless.timeout_milliseconds = 0
    stream.send(ops.Operation(tag=1, timeout_milliseconds=1000), timeless)
    assert {said(answer) for answer in stream.outcomes(2).values()} == {"INVALID_ARGUMENT"}
    stream.send(publish(registry, 1, where))
    assert said(stream.outcomes(1)[1]) == "publish"


def test_a_tag_in_use_is_refused_and_the_operation_that_uses_it_goes_on(
    registry: Registry, stream: Stream, where: Coordinates
) -> None:
    stream.send(publish(registry, 5, where), publish(registry, 5, where))
    outcomes = [*stream.message()]
    while len(outcomes) < 2:
        outcomes += stream.message()
    assert sorted(map(said, outcomes)) == ["INVALID_ARGUMENT", "publish"]


def test_half_closing_lets_what_runs_finish(registry: Registry, where: Coordinates) -> None:
    stream = Stream(registry)
    stream.send(*(publish(registry, tag, at(where.project, f"file-{tag}")) for tag in range(50)))
    stream.half_close()
    outcomes = [outcome for response in stream.call for outcome in response.outcomes]
    assert sorted(outcome.tag for outcome in outcomes) == list(range(50))
    assert stream.call.code() == grpc.StatusCode.OK


def test_more_operations_than_run_at_a_time_all_have_their_outcomes(registry: Registry, stream: Stream) -> None:
    project, count = registry.project().id, OPERATIONS_PER_STREAM * 2
    for start in range(0, count, 256):
        tags = range(start, start + 256)
        stream.send(*(publish(registry, tag, at(project, f"file-{tag}")) for tag in tags))
    outcomes = stream.outcomes(count)
    assert {said(outcome) for outcome in outcomes.values()} == {"publish"}


@pytest.fixture
def own_registry(tmp_path: Path) -> Iterator[Registry]:
    with running(tmp_path) as client:
        yield client


@contextlib.contextmanager
def writing_blocked(registry: Registry) -> Iterator[None]:
    """Keep the storage from committing: another connection holds the write lock."""
    blocker = SqliteDatabase(registry.data / "metadata.sqlite3")
    blocker.run("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        blocker.run("ROLLBACK")
        blocker.close()


def test_an_operation_past_its_time_is_answered_so_and_leaves_nothing(own_registry: Registry) -> None:
    where = at(own_registry.project().id)
    late = publish(own_registry, 1, where)
    late.timeout_milliseconds = 1
    with opened(own_registry) as stream, writing_blocked(own_registry):
        stream.send(late)
        assert said(stream.outcomes(1)[1]) == "DEADLINE_EXCEEDED"
    assert own_registry.outcome("open_package_file", coordinates=where) == "PACKAGE_FILE_NOT_FOUND"


def test_a_cancelled_operation_that_has_not_begun_is_dropped(own_registry: Registry) -> None:
    project = own_registry.project().id
    with opened(own_registry) as stream:
        cancel = ops.Operation(tag=1, cancel=ops.CancelOperation())
        stream.send(publish(own_registry, 1, at(project, "dropped")), cancel, publish(own_registry, 2, at(project)))
        outcomes = stream.outcomes(2)
    assert {tag: said(outcome) for tag, outcome in outcomes.items()} == {1: "CANCELLED", 2: "publish"}
    names = [file.file_name for file in own_registry.files(project, outcomes[2].publish.package_file.package_id)]
    assert names == ["file.bin"]


def test_cancelling_what_is_unknown_or_over_does_nothing(
    registry: Registry, stream: Stream, where: Coordinates
) -> None:
    cancel = ops.Operation(tag=9, cancel=ops.CancelOperation())
    stream.send(cancel, publish(registry, 9, where))
    assert said(stream.outcomes(1)[9]) == "publish"
    stream.send(cancel, fetch(registry, 10, where))
    assert list(stream.outcomes(1)) == [10]


def test_a_stream_that_breaks_harms_no_other(registry: Registry, where: Coordinates) -> None:
    with opened(registry) as broken, opened(registry) as whole:
        broken.send(*(publish(registry, tag, at(where.project, f"file-{tag}")) for tag in range(50)))
        broken.call.cancel()
        whole.send(publish(registry, 1, where))
        assert said(whole.outcomes(1)[1]) == "publish"


def test_a_storage_that_stops_ends_the_stream_as_unavailable_after_the_last_outcome(tmp_path: Path) -> None:
    with StorageProcess(tmp_path) as process:
        registry = process.connect()
        where = at(registry.project().id)
        stream = Stream(registry)
        stream.send(publish(registry, 1, where))
        assert said(stream.outcomes(1)[1]) == "publish"
        assert process.stop() == 0
        with pytest.raises(grpc.RpcError):
            stream.message()
        assert stream.call.code() == grpc.StatusCode.UNAVAILABLE
        stream.half_close()


def test_while_another_program_holds_the_metadata_small_files_are_refused_and_large_ones_wait(
    own_registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_ATTEMPTS", 2)
    project, content = own_registry.project().id, os.urandom(100_000)
    begun = own_registry.begin(at(project, "large"))
    own_registry.send(begun.upload_id, content)
    commit = pb.CommitPublicationRequest(
        upload_id=begun.upload_id, size=len(content), sha256=hashlib.sha256(content).digest()
    )
    with opened(own_registry) as stream:
        with writing_blocked(own_registry):
            stream.send(ops.Operation(tag=1, timeout_milliseconds=SECONDS * 1000, commit_publication=commit))
            stream.send(publish(own_registry, 2, at(project, "small")))
            assert said(stream.outcomes(1)[2]) == "OVERLOADED"
        row = stream.outcomes(1)[1].commit_publication.package_file
    assert own_registry.commit(begun.upload_id, content) == row
    assert own_registry.read(at(project, "large")) == content
