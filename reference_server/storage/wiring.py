"""The storage put together, without the gRPC service that makes it reachable."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reference_server.content.pipeline import ContentPipeline
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import changing_settings, downloading
from reference_server.storage.access.groups import GroupAccess
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.blobs.garbage_collector import GarbageCollector
from reference_server.storage.blobs.guards import DigestGuards
from reference_server.storage.blobs.local_disk import LocalDisk
from reference_server.storage.blobs.store import BlobStore
from reference_server.storage.blobs.volume_proof import VolumeProof, write_proof
from reference_server.storage.ci.job_token_scope import JobTokenScope
from reference_server.storage.ci.jobs import Jobs
from reference_server.storage.ci.package_pipelines import PackagePipelines
from reference_server.storage.ci.pipelines import Pipelines
from reference_server.storage.ci.runners import Runners
from reference_server.storage.housekeeping import Housekeeping
from reference_server.storage.identity.access_tokens import AccessTokens
from reference_server.storage.identity.deploy_tokens import DeployTokens
from reference_server.storage.identity.groups import Groups
from reference_server.storage.identity.members import Members
from reference_server.storage.identity.personal_tokens import PersonalTokens
from reference_server.storage.identity.places import Places
from reference_server.storage.identity.projects import Projects
from reference_server.storage.identity.users import Users
from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.packages.deletion import DeletionService
from reference_server.storage.packages.downloads import DownloadService, DownloadTimes
from reference_server.storage.packages.packages import PackageService
from reference_server.storage.packages.protection import Protection
from reference_server.storage.packages.protection_rules import ProtectionRuleService
from reference_server.storage.packages.publications import PublishService
from reference_server.storage.packages.read_tickets import ReadTickets
from reference_server.storage.packages.settings import PackageSettingsService, SizeLimitService
from reference_server.storage.packages.upload_sessions import UploadSessions
from reference_server.storage.packages.uploads import UploadService
from reference_server.storage.rules.editions import Edition


@dataclass(frozen=True, slots=True)
class Rules:
    """What this registry was told: its edition, its largest file in bytes, whether it computes MD5 and SHA-1."""

    edition: Edition
    maximum_bytes: int
    legacy_digests: bool


@dataclass(frozen=True, slots=True)
class IdentityRooms:
    """What the identity service works with."""

    edition: Edition
    users: Users
    groups: Groups
    projects: Projects
    members: Members
    personal_tokens: PersonalTokens
    access_tokens: AccessTokens
    deploy_tokens: DeployTokens


@dataclass(frozen=True, slots=True)
class CiRooms:
    """What the CI service works with."""

    runners: Runners
    pipelines: Pipelines
    jobs: Jobs
    job_token_scope: JobTokenScope
    package_pipelines: PackagePipelines


@dataclass(frozen=True, slots=True)
class StorageServices:
    """The whole storage."""

    edition: Edition
    authentication: Authentication
    publications: PublishService
    uploads: UploadService
    downloads: DownloadService
    packages: PackageService
    deletion: DeletionService
    package_settings: PackageSettingsService
    size_limits: SizeLimitService
    protection_rules: ProtectionRuleService
    read_tickets: ReadTickets
    store: BlobStore
    volume: VolumeProof
    identity: IdentityRooms
    ci: CiRooms
    housekeeping: Housekeeping


def build_storage(
    *, database: Database, writer: Writer, volume: Path, pipeline: ContentPipeline, rules: Rules
) -> StorageServices:
    """Put the storage together. `database` is for reading on the event loop; the folder `volume` is made if need be."""
    metadata = Metadata(database)
    edition = rules.edition
    store = LocalDisk(volume)
    guards = DigestGuards()
    garbage_collector = GarbageCollector(store, guards, metadata.blobs)
    authentication = Authentication(metadata.credentials)
    projects = ProjectAccess(metadata.access, edition)
    groups = GroupAccess(metadata.access)
    permission = downloading(edition)
    protection = Protection(edition)
    download_times = DownloadTimes(writer)
    sessions = UploadSessions(store)
    publications = PublishService(
        projects=projects,
        metadata=metadata,
        writer=writer,
        protection=protection,
        edition=edition,
        maximum_bytes=rules.maximum_bytes,
        legacy_digests=rules.legacy_digests,
    )
    return StorageServices(
        edition=edition,
        authentication=authentication,
        publications=publications,
        uploads=UploadService(publications, sessions, store, pipeline, guards, garbage_collector, metadata),
        downloads=DownloadService(projects, metadata, edition, permission, download_times),
        packages=PackageService(projects, groups, metadata, permission, download_times),
        deletion=DeletionService(projects, protection, writer, garbage_collector),
        package_settings=PackageSettingsService(groups, metadata, writer, changing_settings(edition)),
        size_limits=SizeLimitService(projects, metadata, writer, rules.maximum_bytes),
        protection_rules=ProtectionRuleService(projects, metadata, writer),
        read_tickets=ReadTickets(),
        store=store,
        volume=write_proof(volume),
        identity=_identity(edition, authentication, projects, groups, database, writer, garbage_collector),
        ci=_ci(edition, authentication, projects, groups, database, writer),
        housekeeping=Housekeeping(sessions, garbage_collector, download_times),
    )


def _identity(
    edition: Edition,
    authentication: Authentication,
    projects: ProjectAccess,
    groups: GroupAccess,
    database: Database,
    writer: Writer,
    garbage_collector: GarbageCollector,
) -> IdentityRooms:
    places = Places(projects, groups)
    return IdentityRooms(
        edition=edition,
        users=Users(authentication, database, writer),
        groups=Groups(authentication, groups, database, writer, garbage_collector),
        projects=Projects(authentication, projects, groups, database, writer, garbage_collector),
        members=Members(authentication, places, database, writer),
        personal_tokens=PersonalTokens(authentication, database, writer),
        access_tokens=AccessTokens(authentication, places, database, writer),
        deploy_tokens=DeployTokens(authentication, places, database, writer),
    )


def _ci(
    edition: Edition,
    authentication: Authentication,
    projects: ProjectAccess,
    groups: GroupAccess,
    database: Database,
    writer: Writer,
) -> CiRooms:
    places = Places(projects, groups)
    runners = Runners(authentication, places, database, writer)
    return CiRooms(
        runners=runners,
        pipelines=Pipelines(authentication, projects, database, writer),
        jobs=Jobs(authentication, projects, runners, database, writer),
        job_token_scope=JobTokenScope(authentication, projects, edition, database, writer),
        package_pipelines=PackagePipelines(projects, database, downloading(edition)),
    )
