"""What credentials name: tokens and running jobs, found by the digests of their secrets."""

from __future__ import annotations

from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.rows import AccessTokenRow, DeployTokenRow, RunningJobRow


class CredentialRepository:
    """The tokens and running jobs as authentication sees them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def access_token(self, digest: bytes) -> AccessTokenRow | None:
        """Find an access token."""
        row = self._database.one(self._database.statements.access_token, (digest,))
        return None if row is None else AccessTokenRow(*row)

    def deploy_token(self, digest: bytes) -> DeployTokenRow | None:
        """Find a deploy token."""
        row = self._database.one(self._database.statements.deploy_token, (digest,))
        return None if row is None else DeployTokenRow(*row)

    def running_job(self, digest: bytes) -> RunningJobRow | None:
        """Find a job that runs."""
        row = self._database.one(self._database.statements.running_job, (digest,))
        return None if row is None else RunningJobRow(*row)
