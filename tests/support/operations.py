"""A synchronous client of the stream of operations, the storage's only door for publishing and opening files."""

import grpc
from generic_packages.storage.v1.operations_pb2 import OperateRequest, Operation, OperationOutcome
from generic_packages.storage.v1.operations_pb2_grpc import OperationsServiceStub

from reference_server.contract.status import read_status


class Operations:
    """Runs each operation on a stream of its own.

    Raises Failure or TransportFailure as the outcome says, and grpc.RpcError when the stream breaks.
    """

    def __init__(self, channel: grpc.Channel) -> None:
        self.stub = OperationsServiceStub(channel)

    def perform(self, operation: Operation, *, timeout: float) -> OperationOutcome:
        operation.timeout_milliseconds = round(timeout * 1000)
        (response,) = self.stub.Operate(iter([OperateRequest(operations=[operation])]), timeout=timeout)
        (outcome,) = response.outcomes
        if outcome.HasField("failure"):
            raise read_status(outcome.failure)
        return outcome
