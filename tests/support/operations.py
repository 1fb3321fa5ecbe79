"""A synchronous client of the stream of operations, the storage's only door for publishing and opening files."""

import grpc
from generic_packages.storage.v1 import packages_pb2 as pb
from generic_packages.storage.v1.operations_pb2 import OperateRequest, Operation, OperationOutcome
from generic_packages.storage.v1.operations_pb2_grpc import OperationsServiceStub

from reference_server.contract.status import read_status


class Operations:
    """Runs each operation on a stream of its own.

    Raises Failure or TransportFailure as the outcome says, and grpc.RpcError when the stream breaks.
    """

    def __init__(self, channel: grpc.Channel) -> None:
        self.stub = OperationsServiceStub(channel)

    def publish(self, request: pb.PublishRequest, *, timeout: float) -> pb.PublishResponse:
        return self.perform(Operation(publish=request), timeout=timeout).publish

    def begin_publication(self, request: pb.BeginPublicationRequest, *, timeout: float) -> pb.BeginPublicationResponse:
        return self.perform(Operation(begin_publication=request), timeout=timeout).begin_publication

    def commit_publication(
        self, request: pb.CommitPublicationRequest, *, timeout: float
    ) -> pb.CommitPublicationResponse:
        return self.perform(Operation(commit_publication=request), timeout=timeout).commit_publication

    def open_package_file(self, request: pb.OpenPackageFileRequest, *, timeout: float) -> pb.OpenPackageFileResponse:
        return self.perform(Operation(open_package_file=request), timeout=timeout).open_package_file

    def perform(self, operation: Operation, *, timeout: float) -> OperationOutcome:
        operation.timeout_milliseconds = round(timeout * 1000)
        (response,) = self.stub.Operate(iter([OperateRequest(operations=[operation])]), timeout=timeout)
        (outcome,) = response.outcomes
        if outcome.HasField("failure"):
            raise read_status(outcome.failure)
        return outcome
