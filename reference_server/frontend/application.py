"""One front-end process, composed: links, carriers, routes, server."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from typing import Literal

import structlog
from tornado.web import Application

from reference_server.content.pipeline import ContentPipeline
from reference_server.contract.addresses import Address
from reference_server.contract.emulations import NO_EMULATIONS, Emulation, Emulations
from reference_server.contract.mutual_tls import MutualTls
from reference_server.frontend import health
from reference_server.frontend.api.handler import UnknownRoute
from reference_server.frontend.carriers.choice import Carriers
from reference_server.frontend.carriers.direct import DirectCarrier
from reference_server.frontend.carriers.streamed import StreamedCarrier
from reference_server.frontend.carriers.volume import shared_root
from reference_server.frontend.emulation.object_storage import ObjectStorage
from reference_server.frontend.emulation.router import EmulatingRouter
from reference_server.frontend.emulation.routes import emulated_routes
from reference_server.frontend.graphql.endpoint import GraphQL
from reference_server.frontend.http.acceptor import DEFAULT_MOST_CONNECTIONS, most_connections
from reference_server.frontend.http.access_log import AccessLog
from reference_server.frontend.http.client_address import NO_PROXIES, TrustedProxies
from reference_server.frontend.http.connections import Connections
from reference_server.frontend.http.metrics import Metrics
from reference_server.frontend.http.precedence import Precedence
from reference_server.frontend.http.router import Router
from reference_server.frontend.http.server import new_server
from reference_server.frontend.http.stall_watch import StallWatch
from reference_server.frontend.package_files.download import Download
from reference_server.frontend.package_files.large_upload import abandon
from reference_server.frontend.package_files.routes import PackageFileRoutes
from reference_server.frontend.rest import description
from reference_server.frontend.rest.routes import ROUTES
from reference_server.frontend.server_context import ServerContext
from reference_server.frontend.storage_link.calls import Services, SingleCalls
from reference_server.frontend.storage_link.channels import open_content_channel, open_decision_channel
from reference_server.frontend.storage_link.operations import Operations

CarrierChoice = Literal["auto", "streamed"]

# What was cut off is abandoned in the storage too, so that nothing staged waits there for its sweep.
_BACKGROUND_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class FrontEndOptions:
    """How one front-end process runs. Times are seconds.

    `idle_seconds` bounds both the wait for a request on an open connection and the arrival of its head;
    `stall_seconds` bounds how long nothing may move in a body. `external_url` is what links begin with, where that is
    not what the request itself says; `most_connections` how many are open at a time;
    `tls` protects the way to the storage.
    """

    storage: Address
    carrier: CarrierChoice = "auto"
    idle_seconds: float = 75.0
    stall_seconds: float = 60.0
    storage_start_seconds: float = 30.0
    external_url: str | None = None
    trusted_proxies: TrustedProxies = NO_PROXIES
    emulations: Emulations = NO_EMULATIONS
    most_connections: int = DEFAULT_MOST_CONNECTIONS
    tls: MutualTls | None = None


class FrontEnd:
    """One front-end process, from its first connection to the storage to its last answer."""

    def __init__(self, options: FrontEndOptions) -> None:
        self._options = options
        self._metrics = Metrics()
        self._log = AccessLog(self._metrics)
        self._decisions = open_decision_channel(options.storage, options.tls)
        self._content = open_content_channel(options.storage, options.tls)
        self._calls = SingleCalls(self._decisions)
        self._operations = Operations(self._decisions, on_break=self._metrics.count_break, on_orphan=self._abandon)
        self._pipeline = ContentPipeline()
        self._stalls = StallWatch(options.stall_seconds)
        self._heads = StallWatch(options.idle_seconds)
        self._precedence = Precedence(self._calls.recognize, self._metrics)
        self._objects: ObjectStorage | None = None
        self._watching: asyncio.Task[None] | None = None

    async def start(self, listening: socket.socket) -> None:
        """Wait for the storage, then accept connections. Raises TransportFailure when the storage does not come."""
        carriers = await self._open_carriers()
        self._operations.start()
        self._stalls.start()
        self._heads.start()
        self._context = ServerContext(
            operations=self._operations,
            calls=self._calls,
            services=Services(self._decisions),
            carriers=carriers,
            stalls=self._stalls,
            log=self._log,
            metrics=self._metrics,
            external_url=self._options.external_url,
        )
        router = self._router(listening)
        self._connections = Connections(router, self._metrics, self._precedence, heads=self._heads, bodies=self._stalls)
        self._watching = asyncio.create_task(self._connections.watch(self._options.stall_seconds), name="answers")
        self._server = new_server(self._connections)
        self._server.serve(listening, min(self._options.most_connections, most_connections()))

    async def stop(self, grace_seconds: float) -> bool:
        """Accept no more, let what is under way finish, and close everything; False when something was cut off."""
        self._server.stop()
        if self._objects is not None:
            self._objects.stop()
        finished = await self._connections.drain(grace_seconds)
        await self._server.close_all_connections()
        await self._context.finish_background(_BACKGROUND_SECONDS)
        if self._watching is not None:
            self._watching.cancel()
        self._stalls.stop()
        self._heads.stop()
        await self._operations.close()
        self._pipeline.close()
        await self._decisions.close()
        await self._content.close()
        self._log.flush()
        return finished

    def _abandon(self, upload_id: str) -> None:
        """End an upload in the storage that nobody here wants any more."""
        self._context.run_in_background(abandon(self._calls, upload_id, request_id="orphaned-upload"))

    async def _open_carriers(self) -> Carriers:
        """Prove whether the volume is shared, and open the carriers that follow from it."""
        volume = await self._calls.describe_volume(
            seconds=self._options.storage_start_seconds, request_id="front-end-start"
        )
        root = None if self._options.carrier == "streamed" else shared_root(volume)
        structlog.get_logger().info("carrier chosen", carrier="streamed" if root is None else "direct")
        streamed = StreamedCarrier(self._content, self._pipeline.budget)
        return Carriers(streamed, None if root is None else DirectCarrier(root, self._pipeline))

    def _router(self, listening: socket.socket) -> Router:
        """Make what handles requests, as the deployment that is imitated would."""
        emulations, proxies = self._options.emulations, self._options.trusted_proxies
        if Emulation.DIRECT_DOWNLOAD in emulations:
            host = listening.getsockname()[0]
            self._objects = ObjectStorage(self._context, self._application(), host, self._precedence, heads=self._heads)
        routes = PackageFileRoutes(self._context, Download if self._objects is None else self._objects.redirect)
        if not emulations:
            return Router(routes, self._application(), self._log, proxies)
        return EmulatingRouter(routes, self._application(), self._log, proxies, emulations)

    def _application(self) -> Application:
        """Make the Tornado application of every route but the hot one."""
        shared = {"server": self._context}
        rest = emulated_routes(ROUTES, self._options.emulations)
        routes = [*rest, *health.ROUTES, *description.ROUTES, ("/api/graphql", GraphQL)]
        return Application(
            [(pattern, handler, shared) for pattern, handler in routes],
            default_handler_class=UnknownRoute,
            default_handler_args=shared,
            log_function=lambda _: None,
        )
