"""What credentials name: tokens and running jobs, found by the digests of their secrets."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.rows import AccessTokenRow, DeployTokenRow, RunningJobRow


@dataclass(frozen=True, slots=True)
class CredentialRepository:
    """The tokens and running jobs as authentication sees them."""

    database: Database

    def access_token(self, digest: bytes) -> AccessTokenRow | None:
        return self.database.read(AccessTokenRow, self.database.statements.access_token, (digest,))

    def deploy_token(self, digest: bytes) -> DeployTokenRow | None:
        return self.database.read(DeployTokenRow, self.database.statements.deploy_token, (digest,))

    def running_job(self, digest: bytes) -> RunningJobRow | None:
        return self.database.read(RunningJobRow, self.database.statements.running_job, (digest,))
