"""All of the metadata over one connection: a repository for each kind of record."""

from __future__ import annotations

from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.repositories.access import AccessRepository
from reference_server.storage.metadata.repositories.blobs import BlobRepository
from reference_server.storage.metadata.repositories.credentials import CredentialRepository
from reference_server.storage.metadata.repositories.groups import GroupRepository
from reference_server.storage.metadata.repositories.job_token_scopes import JobTokenScopeRepository
from reference_server.storage.metadata.repositories.members import MemberRepository
from reference_server.storage.metadata.repositories.package_files import PackageFileRepository
from reference_server.storage.metadata.repositories.package_settings import PackageSettingsRepository
from reference_server.storage.metadata.repositories.packages import PackageRepository
from reference_server.storage.metadata.repositories.pipelines import PipelineRepository
from reference_server.storage.metadata.repositories.projects import ProjectRepository
from reference_server.storage.metadata.repositories.protection_rules import ProtectionRuleRepository
from reference_server.storage.metadata.repositories.runners import RunnerRepository
from reference_server.storage.metadata.repositories.tokens import AccessTokenRepository, DeployTokenRepository
from reference_server.storage.metadata.repositories.users import UserRepository


class Metadata:
    """The repositories over one connection, which one thread at a time may use.

    Services read through the one that belongs to the event loop; a change is given the writer's.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.credentials = CredentialRepository(database)
        self.access = AccessRepository(database)
        self.users = UserRepository(database)
        self.groups = GroupRepository(database)
        self.projects = ProjectRepository(database)
        self.members = MemberRepository(database)
        self.access_tokens = AccessTokenRepository(database)
        self.deploy_tokens = DeployTokenRepository(database)
        self.runners = RunnerRepository(database)
        self.pipelines = PipelineRepository(database)
        self.job_token_scopes = JobTokenScopeRepository(database)
        self.packages = PackageRepository(database)
        self.package_files = PackageFileRepository(database)
        self.blobs = BlobRepository(database)
        self.package_settings = PackageSettingsRepository(database)
        self.protection_rules = ProtectionRuleRepository(database)
