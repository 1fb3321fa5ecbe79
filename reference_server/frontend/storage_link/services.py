"""The storage's services that REST and GraphQL call, on one channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc
from generic_packages.storage.v1.ci_pb2_grpc import CiServiceStub
from generic_packages.storage.v1.identity_pb2_grpc import IdentityServiceStub
from generic_packages.storage.v1.members_pb2_grpc import MembersServiceStub
from generic_packages.storage.v1.packages_pb2_grpc import PackagesServiceStub
from generic_packages.storage.v1.protection_pb2_grpc import ProtectionServiceStub
from generic_packages.storage.v1.tokens_pb2_grpc import TokensServiceStub

if TYPE_CHECKING:
    from generic_packages.storage.v1.ci_pb2_grpc import CiServiceAsyncStub
    from generic_packages.storage.v1.identity_pb2_grpc import IdentityServiceAsyncStub
    from generic_packages.storage.v1.members_pb2_grpc import MembersServiceAsyncStub
    from generic_packages.storage.v1.packages_pb2_grpc import PackagesServiceAsyncStub
    from generic_packages.storage.v1.protection_pb2_grpc import ProtectionServiceAsyncStub
    from generic_packages.storage.v1.tokens_pb2_grpc import TokensServiceAsyncStub


class Services:
    """One stub for each service."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.identity: IdentityServiceAsyncStub = IdentityServiceStub(channel)
        self.members: MembersServiceAsyncStub = MembersServiceStub(channel)
        self.tokens: TokensServiceAsyncStub = TokensServiceStub(channel)
        self.ci: CiServiceAsyncStub = CiServiceStub(channel)
        self.packages: PackagesServiceAsyncStub = PackagesServiceStub(channel)
        self.protection: ProtectionServiceAsyncStub = ProtectionServiceStub(channel)
