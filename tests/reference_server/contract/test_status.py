"""Failures on their way between the halves."""

from pathlib import Path

import grpc
import pytest
from generic_packages.storage.v1 import failure_pb2
from generic_packages.storage.v1.failure_pb2 import FailureReason
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

from reference_server.contract.failure import Failure, Reason
from reference_server.contract.status import DOMAIN, TransportFailure, code_of, read_rpc_error, read_status, to_status

PREFIX = "FAILURE_REASON_"
CONTRACT = Path(failure_pb2.__file__).with_name("failure.proto")


def test_reasons_and_codes_are_those_that_the_contract_writes() -> None:
    documented = {
        value.name.removeprefix(PREFIX): _documented_code(value.name)
        for value in FailureReason.DESCRIPTOR.values
        if value.number
    }
    assert {reason.value: code_of(Failure(reason, "")).name for reason in Reason} == documented


@pytest.mark.parametrize("reason", list(Reason))
def test_a_failure_survives_the_way_as_a_status(reason: Reason) -> None:
    status = to_status(Failure(reason, "why", parameter="status", maximum_bytes="12"))
    arrived = read_status(Status.FromString(status.SerializeToString()))
    assert isinstance(arrived, Failure)
    assert (arrived.reason, arrived.message) == (reason, "why")
    assert arrived.metadata == {"parameter": "status", "maximum_bytes": "12"}
    assert status.code == code_of(arrived).value[0]


def test_metadata_keys_of_any_name_arrive() -> None:
    status = Status(code=3, message="why")
    status.details.add().Pack(
        ErrorInfo(domain=DOMAIN, reason="PARAMETER_INVALID", metadata={"message": "m", "reason": "r"})
    )
    arrived = read_status(status)
    assert isinstance(arrived, Failure)
    assert arrived.metadata == {"message": "m", "reason": "r"}


@pytest.mark.parametrize(
    ("domain", "reason"), [("elsewhere.example", "PACKAGE_DUPLICATE"), (DOMAIN, "FROM_A_LATER_VERSION")]
)
def test_a_status_of_unknown_reason_is_a_failure_of_the_transport(domain: str, reason: str) -> None:
    status = Status(code=grpc.StatusCode.UNAVAILABLE.value[0], message="down")
    status.details.add().Pack(ErrorInfo(domain=domain, reason=reason))
    arrived = read_status(status)
    assert isinstance(arrived, TransportFailure)
    assert (arrived.code, arrived.message) == (grpc.StatusCode.UNAVAILABLE, "down")


def test_a_call_that_says_one_thing_and_details_another_is_believed_itself() -> None:
    details = to_status(Failure(Reason.PACKAGE_DUPLICATE, "why")).SerializeToString()
    metadata = grpc.aio.Metadata(("grpc-status-details-bin", details))
    error = grpc.aio.AioRpcError(grpc.StatusCode.INTERNAL, grpc.aio.Metadata(), metadata, "other")
    arrived = read_rpc_error(error)
    assert isinstance(arrived, TransportFailure)
    assert arrived.code == grpc.StatusCode.INTERNAL


def _documented_code(name: str) -> str:
    """Read the code with which the comment above a reason begins."""
    lines = [line.strip() for line in CONTRACT.read_text().splitlines()]
    at = next(number for number, line in enumerate(lines) if line.startswith(f"{name} ="))
    while lines[at - 1].startswith("//"):
        at -= 1
    return lines[at].removeprefix("// ").split(".")[0]


@pytest.mark.parametrize(
    ("details", "code"),
    [("Internal error from Core", grpc.StatusCode.UNAVAILABLE), ("a defect", grpc.StatusCode.INTERNAL)],
)
def test_a_write_to_a_connection_that_broke_is_no_defect(details: str, code: grpc.StatusCode) -> None:
    error = grpc.aio.AioRpcError(grpc.StatusCode.INTERNAL, grpc.aio.Metadata(), grpc.aio.Metadata(), details)
    assert code_of(read_rpc_error(error)) is code
