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
        """Find an access token."""
        row = self.database.one(self.database.statements.access_token, (digest,))
        return None if row is None else AccessTokenRow(*row)

    def deploy_token(self, digest: bytes) -> DeployTokenRow | None:
        """Find a deploy token."""
        row = self.database.one(self.database.statements.deploy_token, (digest,))
        return None if row is None else DeployTokenRow(*row)

    def running_job(self, digest: bytes) -> RunningJobRow | None:
        """Find a job that runs."""
        row = self.database.one(self.database.statements.running_job, (digest,))
        return None if row is None else RunningJobRow(*row)
