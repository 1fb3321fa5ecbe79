"""The streamed carrier's messages in flight."""

# ruff: noqa: N802, ARG002 -- names and parameters are those of the generated service

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
from generic_packages.storage.v1 import content_pb2 as pb
from generic_packages.storage.v1.content_pb2_grpc import ContentServiceServicer, add_ContentServiceServicer_to_server

from reference_server.content.memory import MemoryBudget
from reference_server.contract.addresses import UnixAddress
from reference_server.frontend.carriers.streamed import StreamedCarrier
from reference_server.frontend.storage_link.channels import open_content_channel

Context = grpc.aio.ServicerContext[Any, Any]


class SilentDownloads(ContentServiceServicer):
    """Takes every upload, and never sends a byte of a download."""

    async def DescribeVolume(self, request: pb.DescribeVolumeRequest, context: Context) -> pb.DescribeVolumeResponse:
        return pb.DescribeVolumeResponse()

    async def UploadContent(
        self, request_iterator: AsyncIterator[object], context: Context
    ) -> pb.UploadContentResponse:
        return pb.UploadContentResponse(size=len([message async for message in request_iterator]))

    async def DownloadContent(
        self, request: pb.DownloadContentRequest, context: Context
    ) -> AsyncIterator[pb.DownloadContentResponse]:
        await asyncio.Event().wait()
        yield pb.DownloadContentResponse()


async def test_downloads_that_wait_do_not_hold_up_an_upload(tmp_path: Path) -> None:
    server = grpc.aio.server()
    add_ContentServiceServicer_to_server(SilentDownloads(), server)
    address = UnixAddress(str(tmp_path / "socket"))
    server.add_insecure_port(address.target)
    await server.start()
    async with asyncio.timeout(30), open_content_channel(address) as channel:
        carrier = StreamedCarrier(channel, MemoryBudget())
        readers = [carrier.open_reader(b"ticket", 0, 1, request_id="x") for _ in range(20)]
        reading = [asyncio.create_task(reader.read()) for reader in readers]
        await asyncio.sleep(0)
        writer = carrier.open_writer("upload", request_id="x")
        await writer.write(b"content")
        assert (await writer.complete()).size == 2
        for task in reading:
            task.cancel()
        await asyncio.wait(reading)
    await server.stop(0)
