"""What a gRPC client finds besides the services: health, reflection, the log, and a server that drains."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import grpc
import pytest
from generic_packages.storage.v1 import packages_pb2 as pb
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from reference_server.contract import addresses
from tests.support.storage import SECONDS, Registry, at, outcome, refused_start, running
from tests.support.storage_process import StorageProcess

SERVICES = {
    "CiService",
    "ContentService",
    "IdentityService",
    "MembersService",
    "OperationsService",
    "PackagesService",
    "ProtectionService",
    "TokensService",
}


@pytest.mark.parametrize("service", ["", *(f"generic_packages.storage.v1.{name}" for name in sorted(SERVICES))])
def test_health_says_serving(registry: Registry, service: str) -> None:
    health = health_pb2_grpc.HealthStub(registry.channel)
    answer = health.Check(health_pb2.HealthCheckRequest(service=service), timeout=SECONDS)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


def test_reflection_names_the_services(registry: Registry) -> None:
    stub = reflection_pb2_grpc.ServerReflectionStub(registry.channel)
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    (answer,) = stub.ServerReflectionInfo(iter([request]), timeout=SECONDS)
    names = {service.name for service in answer.list_services_response.service}
    assert {f"generic_packages.storage.v1.{name}" for name in SERVICES} <= names
    assert "grpc.health.v1.Health" in names


def test_a_call_is_one_line_in_the_log_with_its_request_id_and_no_secret(process: StorageProcess) -> None:
    registry = process.connect()
    request = pb.GetPackageRequest(credentials=registry.root, project=str(10**9), package_id=1)
    with pytest.raises(grpc.RpcError):
        registry.packages.GetPackage(request, timeout=SECONDS, metadata=(("x-request-id", "request-17"),))
    process.stop()
    calls = [json.loads(line) for line in process.log().splitlines()]
    (line,) = [call for call in calls if call.get("request_id") == "request-17"]
    assert (line["method"], line["outcome"]) == ("GetPackage", "PROJECT_NOT_FOUND")
    assert line["milliseconds"] >= 0
    assert registry.root[0].secret not in process.log()


def logged(process: StorageProcess) -> dict[str, tuple[str, str]]:
    lines = [line for line in events(process, "call") if line["request_id"]]
    return {line["request_id"]: (line["level"], line["method"]) for line in lines}


def events(process: StorageProcess, event: str) -> list[dict[str, Any]]:
    return [line for line in map(json.loads, process.log().splitlines()) if line["event"] == event]


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("info", {"small": ("info", "Publish"), "large": ("info", "CommitPublication")}),
        (
            "debug",
            {
                "small": ("info", "Publish"),
                "begin": ("debug", "BeginPublication"),
                "large": ("info", "CommitPublication"),
                "open": ("debug", "OpenPackageFile"),
            },
        ),
        ("warning", {}),
    ],
)
def test_what_was_published_is_logged_with_its_request_id(
    tmp_path: Path, level: str, expected: dict[str, tuple[str, str]]
) -> None:
    with StorageProcess(tmp_path, "--log-level", level) as process:
        registry = process.connect()
        where, content = at(registry.project().id), os.urandom(100_000)
        registry.publish(where, request_id="small")
        upload_id = registry.begin(where, request_id="begin").upload_id
        registry.send(upload_id, content)
        registry.commit(upload_id, content, request_id="large")
        registry.open(where, request_id="open")
        process.stop()
        assert logged(process) == expected
        audited = [line["request_id"] for line in events(process, "audit") if line["action"] == "package_file.publish"]
        assert audited == ["small", "large"]


def test_a_request_id_of_another_form_is_not_logged(process: StorageProcess) -> None:
    registry = process.connect()
    request = pb.AbandonPublicationRequest(upload_id="x")
    metadata = (("x-request-id", "a" * 65),)
    registry.packages.AbandonPublication(request, timeout=SECONDS, metadata=metadata)
    process.stop()
    assert "a" * 65 not in process.log()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_storage_in_order(process: StorageProcess, number: signal.Signals) -> None:
    registry = process.connect()
    project = registry.project().id
    registry.publish(at(project))
    assert process.stop(number) == 0
    assert process.start().connect().read(at(project)) == b"content"


def test_a_taken_address_is_a_sentence(tmp_path: Path) -> None:
    with running(tmp_path / "one") as registry:
        assert "cannot listen on" in refused_start(tmp_path / "two", listen=addresses.parse(registry.address))


def test_the_token_is_read_from_a_file_that_exists_and_replaces_the_one_before(process: StorageProcess) -> None:
    old = process.connect()
    process.stop()
    process.token.write_text("glpat-chosen-by-the-operator\n")
    new = process.start().connect()
    request = pb.ListPackagesRequest(credentials=old.root, project="1")
    assert outcome(new.packages.ListPackages, request) == "CREDENTIAL_INVALID"
    assert new.project().id


def test_the_written_token_file_is_for_its_owner_alone(process: StorageProcess) -> None:
    process.connect()
    assert process.token.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"guessable", b"", b"\n", "glpat-ü".encode(), b"two words", b"x" * 2000])
def test_a_token_file_without_a_token_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "token").touch(0o600)
    (tmp_path / "token").write_bytes(content)
    assert "must hold one token" in refused_start(tmp_path, root_token_file=tmp_path / "token")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_token_file_that_others_may_use_is_a_sentence(tmp_path: Path, mode: int) -> None:
    token = tmp_path / "token"
    token.write_text("glpat-chosen-by-the-operator\n")
    token.chmod(mode)
    assert f"chmod 600 {token}" in refused_start(tmp_path, root_token_file=token)


def test_a_token_of_somebody_else_is_not_taken_for_the_administrators(process: StorageProcess) -> None:
    registry = process.connect()
    bot = registry.access_token(registry.project().id).secret
    process.stop()
    process.token.write_text(f"{bot}\n")
    assert process.start().wait() == 1
    assert "belongs to somebody else" in process.log()


def test_a_root_token_that_was_revoked_is_good_again_when_it_is_given_again(process: StorageProcess) -> None:
    process.connect()
    process.stop()
    with closing(sqlite3.connect(process.metadata)) as database:
        database.execute("UPDATE access_tokens SET revoked = 1")
        database.commit()
    assert process.start().connect().project().id


def test_a_token_file_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    assert "No such file or directory" in refused_start(tmp_path, root_token_file=tmp_path / "missing/token")


def test_the_program_says_a_refusal_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "token").touch(0o600)
    (tmp_path / "token").write_text("two words")
    command = [sys.executable, "-m", "reference_server", "storage", "--data", str(tmp_path / "data")]
    command += ["--listen", f"unix:{tmp_path}/s", "--root-token-file", str(tmp_path / "token")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=SECONDS, env=os.environ)
    assert done.returncode == 1
    assert "must hold one token" in done.stderr
    assert "Traceback" not in done.stderr
