"""Chooses the carrier for each transfer by what the storage handed out."""

from __future__ import annotations

import grpc
from generic_packages.storage.v1.packages_pb2 import BeginPublicationResponse, OpenPackageFileResponse

from reference_server.contract.status import TransportFailure
from reference_server.frontend.carriers.direct import DirectCarrier
from reference_server.frontend.carriers.interface import ContentReader, ContentWriter
from reference_server.frontend.carriers.streamed import StreamedCarrier


class Carriers:
    """Both carriers, or the streamed one alone when the volume is not shared."""

    def __init__(self, streamed: StreamedCarrier, direct: DirectCarrier | None) -> None:
        self._streamed = streamed
        self._direct = direct

    @property
    def shares_volume(self) -> bool:
        """What to tell the storage in `shares_volume`."""
        return self._direct is not None

    def open_writer(self, permission: BeginPublicationResponse, *, request_id: str) -> ContentWriter:
        """Open the way in that the permission gives. Raises TransportFailure."""
        if self._direct is not None and permission.HasField("staging_path"):
            return self._direct.open_writer(permission.staging_path, legacy_digests=permission.legacy_digests)
        return self._streamed.open_writer(permission.upload_id, request_id=request_id)

    def open_reader(
        self, opened: OpenPackageFileResponse, offset: int, length: int, *, request_id: str
    ) -> ContentReader:
        """Open the way out that the storage named. Raises TransportFailure or ContentMissingError."""
        if self._direct is not None and opened.HasField("blob_path"):
            return self._direct.open_reader(opened.blob_path, offset, length)
        if opened.HasField("read_ticket"):
            return self._streamed.open_reader(opened.read_ticket, offset, length, request_id=request_id)
        raise TransportFailure(grpc.StatusCode.INTERNAL, "the storage named no usable way to the content")
