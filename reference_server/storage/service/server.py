"""The gRPC server: its services with health and reflection, from start to drained."""

from __future__ import annotations

import grpc
from generic_packages.storage.v1 import (
    ci_pb2,
    content_pb2,
    identity_pb2,
    members_pb2,
    operations_pb2,
    packages_pb2,
    protection_pb2,
    tokens_pb2,
)
from generic_packages.storage.v1.ci_pb2_grpc import add_CiServiceServicer_to_server
from generic_packages.storage.v1.content_pb2_grpc import add_ContentServiceServicer_to_server
from generic_packages.storage.v1.identity_pb2_grpc import add_IdentityServiceServicer_to_server
from generic_packages.storage.v1.members_pb2_grpc import add_MembersServiceServicer_to_server
from generic_packages.storage.v1.operations_pb2_grpc import add_OperationsServiceServicer_to_server
from generic_packages.storage.v1.packages_pb2_grpc import add_PackagesServiceServicer_to_server
from generic_packages.storage.v1.protection_pb2_grpc import add_ProtectionServiceServicer_to_server
from generic_packages.storage.v1.tokens_pb2_grpc import add_TokensServiceServicer_to_server
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from reference_server.content.memory import FIXED_WINDOW, UPLOAD_WINDOW
from reference_server.contract.addresses import Address, TcpAddress
from reference_server.contract.limits import MIB
from reference_server.contract.mutual_tls import MutualTls
from reference_server.storage.service.admission import Admission
from reference_server.storage.service.audit import AuditLog
from reference_server.storage.service.calls import CallLog, Calls
from reference_server.storage.service.ci import CiServicer
from reference_server.storage.service.content import ContentServicer
from reference_server.storage.service.hot_operations import HotOperations
from reference_server.storage.service.identity import IdentityServicer
from reference_server.storage.service.members import MembersServicer
from reference_server.storage.service.operations import OperationsServicer
from reference_server.storage.service.packages import PackagesServicer
from reference_server.storage.service.protection import ProtectionServicer
from reference_server.storage.service.tokens import TokensServicer
from reference_server.storage.wiring import StorageServices

_OPTIONS = (
    ("grpc.max_receive_message_length", 4 * MIB),
    FIXED_WINDOW,
    UPLOAD_WINDOW,
    ("grpc.so_reuseport", 0),  # a second server on the same port is a mistake, and is told so
)
CONTRACT = tuple(
    module.DESCRIPTOR
    for module in (
        identity_pb2,
        members_pb2,
        tokens_pb2,
        ci_pb2,
        packages_pb2,
        protection_pb2,
        operations_pb2,
        content_pb2,
    )
)
"""The contract's files that hold services."""

_SERVICES = tuple(service.full_name for file in CONTRACT for service in file.services_by_name.values())


class AddressUnusableError(Exception):
    """The server cannot listen on its address."""


class StorageServer:
    """Serves the storage on one address; `audited` says whether changes are written to the audit log."""

    def __init__(
        self, services: StorageServices, address: Address, tls: MutualTls | None = None, *, audited: bool = True
    ) -> None:
        log = CallLog()
        self.call_counts = log.counts
        audit = AuditLog(log.lines if audited else None)
        admission = Admission(services.authentication, services.failed_authentications, CONTRACT, services.gitlab)
        operations = HotOperations(admission, services)
        self._operations = OperationsServicer(operations, log, audit)
        self._health = health.aio.HealthServicer()
        self._server = grpc.aio.server(interceptors=[Calls(log, audit)], options=_OPTIONS)
        add_IdentityServiceServicer_to_server(IdentityServicer(admission, services), self._server)
        add_MembersServiceServicer_to_server(MembersServicer(admission, services.members), self._server)
        add_TokensServiceServicer_to_server(TokensServicer(admission, services), self._server)
        add_CiServiceServicer_to_server(CiServicer(admission, services), self._server)
        add_PackagesServiceServicer_to_server(PackagesServicer(admission, services, operations), self._server)
        add_ProtectionServiceServicer_to_server(
            ProtectionServicer(admission, services.protection_rules, services.gitlab), self._server
        )
        add_OperationsServiceServicer_to_server(self._operations, self._server)
        add_ContentServiceServicer_to_server(ContentServicer(services), self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        reflection.enable_server_reflection((*_SERVICES, health.SERVICE_NAME, reflection.SERVICE_NAME), self._server)
        self.address = self._listen(address, tls)

    async def start(self) -> None:
        """Serve, and say so by health."""
        await self._server.start()
        await self.tell(serving=True)

    async def tell(self, *, serving: bool) -> None:
        """Say by health whether the storage serves; calls are answered in either case."""
        status = health_pb2.HealthCheckResponse
        for service in ("", *_SERVICES):
            await self._health.set(service, status.SERVING if serving else status.NOT_SERVING)

    async def stop(self, grace: float) -> None:
        """Take no more calls, let those that run finish for `grace` seconds, then break them off."""
        await self._health.enter_graceful_shutdown()
        self._operations.drain()
        await self._server.stop(grace)

    def _listen(self, address: Address, tls: MutualTls | None) -> Address:
        """Bind the address; gives it with the port that the system chose for 0. TLS demands certificates of callers."""
        try:
            if tls is None:
                port = self._server.add_insecure_port(address.target)
            else:
                credentials = grpc.ssl_server_credentials(
                    [(tls.key, tls.certificate)], root_certificates=tls.authority, require_client_auth=True
                )
                port = self._server.add_secure_port(address.target, credentials)
        except RuntimeError:
            raise AddressUnusableError(
                f"cannot listen on {address.target}: is another server running there, and may this user use it?"
            ) from None
        return TcpAddress(address.host, port) if isinstance(address, TcpAddress) else address
