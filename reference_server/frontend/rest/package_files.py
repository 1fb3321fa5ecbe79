"""Files of a package, every publication of each."""

from __future__ import annotations

from generic_packages.storage.v1.packages_pb2 import DeletePackageFileRequest, ListPackageFilesRequest

from reference_server.frontend.rest.addressed import path_number
from reference_server.frontend.rest.handler import judged
from reference_server.frontend.rest.listed_parts import read_part
from reference_server.frontend.rest.packages import PackageHandler
from reference_server.frontend.rest.shapes import packages


class PackageFiles(PackageHandler):
    """A package's files."""

    @judged
    async def get(self, project: str, package: str) -> None:
        """List files."""
        parameters = self.parameters
        request = ListPackageFilesRequest(
            credentials=self.credentials,
            project=project,
            package_id=path_number("package_id", package),
            part=read_part(parameters),
        )
        parameters.check()
        answer = await self.ask(self.services.packages.ListPackageFiles, request)
        self.send_part([packages.package_file(file, self.origin) for file in answer.package_files], answer.part)


class PackageFile(PackageHandler):
    """One publication of a file."""

    @judged
    async def delete(self, project: str, package: str, package_file: str) -> None:
        """Delete it; the publication before it is the newest from then on."""
        request = DeletePackageFileRequest(
            credentials=self.credentials,
            project=project,
            package_id=path_number("package_id", package),
            package_file_id=path_number("package_file_id", package_file),
        )
        await self.ask(self.services.packages.DeletePackageFile, request)
        self.send_nothing()
