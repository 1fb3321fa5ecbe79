"""The two ways to ask for a package file: by where it belongs, and by its number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from generic_packages.storage.v1.credential_pb2 import Credential
from generic_packages.storage.v1.packages_pb2 import (
    OpenPackageFileByIdRequest,
    OpenPackageFileRequest,
    OpenPackageFileResponse,
)

from reference_server.contract.limits import SMALL_OPERATION_SECONDS
from reference_server.frontend.package_files.desk import Desk
from reference_server.frontend.package_files.request import FileRequest


class Opener(Protocol):
    """Asks the storage for one file. Raises Failure or TransportFailure."""

    @property
    def request_id(self) -> str:
        """The id that the request's log lines have in common."""

    async def open(self, *, record_only: bool) -> OpenPackageFileResponse:
        """Ask for the file, or for no more than its record."""


@dataclass(frozen=True, slots=True)
class NewestFile:
    """The newest file of its coordinates."""

    desk: Desk
    request: FileRequest

    @property
    def request_id(self) -> str:
        """See Opener."""
        return self.request.request_id

    async def open(self, *, record_only: bool) -> OpenPackageFileResponse:
        """See Opener."""
        return await self.desk.operations.open_package_file(
            OpenPackageFileRequest(
                credentials=self.request.credentials,
                coordinates=self.request.coordinates,
                record_only=record_only,
                shares_volume=self.desk.carriers.shares_volume,
            ),
            request_id=self.request_id,
            seconds=SMALL_OPERATION_SECONDS,
        )


@dataclass(frozen=True, slots=True)
class NumberedFile:
    """One publication of a file, the newest of its name or not."""

    desk: Desk
    request_id: str
    credentials: list[Credential]
    project: str
    package_id: int
    package_file_id: int

    async def open(self, *, record_only: bool) -> OpenPackageFileResponse:
        """See Opener."""
        return await self.desk.calls.open_package_file(
            OpenPackageFileByIdRequest(
                credentials=self.credentials,
                project=self.project,
                package_id=self.package_id,
                package_file_id=self.package_file_id,
                record_only=record_only,
                shares_volume=self.desk.carriers.shares_volume,
            ),
            request_id=self.request_id,
        )
