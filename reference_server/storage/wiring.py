"""The storage put together, without the gRPC service that makes it reachable."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from reference_server.content.pipeline import ContentPipeline
from reference_server.contract.emulations import Emulations
from reference_server.contract.limits import MIB
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import changing_settings, downloading
from reference_server.storage.access.failed_authentications import FailedAuthentications
from reference_server.storage.access.groups import GroupAccess
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.access.token_uses import TokenUses
from reference_server.storage.blobs.garbage_collector import GarbageCollector
from reference_server.storage.blobs.guards import DigestGuards
from reference_server.storage.blobs.local_disk import LocalDisk
from reference_server.storage.blobs.volume_proof import VolumeProof, write_proof
from reference_server.storage.ci.job_token_scopes import JobTokenScopeService
from reference_server.storage.ci.pipelines import JobService, PipelineService
from reference_server.storage.ci.runners import RunnerService
from reference_server.storage.emulation.deployment import EmulatedDeployment
from reference_server.storage.housekeeping import Housekeeping
from reference_server.storage.identity.access_tokens import AccessTokenService, PersonalAccessTokenService
from reference_server.storage.identity.deploy_tokens import DeployTokenService
from reference_server.storage.identity.groups import GroupService
from reference_server.storage.identity.marked import MarkedForDeletion
from reference_server.storage.identity.members import MemberService
from reference_server.storage.identity.projects import ProjectService
from reference_server.storage.identity.resources import ResourceAccess
from reference_server.storage.identity.token_rotation import TokenRotationService
from reference_server.storage.identity.users import UserService
from reference_server.storage.metadata.database import Database, DatabaseSpace
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
from reference_server.storage.rules.gitlab import GitLab

RESERVE_BYTES = 64 * MIB
"""Publishing leaves so much of the volume to what makes room: deletions and their log."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What this registry was told: the GitLab to follow, the largest file in bytes, whether to compute MD5 and SHA-1.

    `trash_seconds` is how long content that no metadata know stays in the trash, `emulations` which deployments to
    imitate, `failed_authentications` how many of them an address may have in a minute, 0 for any number.
    """

    gitlab: GitLab
    maximum_bytes: int
    legacy_digests: bool
    trash_seconds: float
    emulations: Emulations = field(default_factory=Emulations)
    failed_authentications: int = 0


@dataclass(frozen=True, slots=True)
class StorageServices:
    """The whole storage."""

    gitlab: GitLab
    authentication: Authentication
    failed_authentications: FailedAuthentications
    publications: PublishService
    uploads: UploadService
    downloads: DownloadService
    packages: PackageService
    deletion: DeletionService
    package_settings: PackageSettingsService
    size_limits: SizeLimitService
    protection_rules: ProtectionRuleService
    volume: VolumeProof
    users: UserService
    groups: GroupService
    projects: ProjectService
    members: MemberService
    personal_access_tokens: PersonalAccessTokenService
    access_tokens: AccessTokenService
    deploy_tokens: DeployTokenService
    token_rotation: TokenRotationService
    token_uses: TokenUses
    runners: RunnerService
    pipelines: PipelineService
    jobs: JobService
    job_token_scopes: JobTokenScopeService
    housekeeping: Housekeeping


def build_storage(
    *, database: Database, writer: Writer, volume: Path, pipeline: ContentPipeline, space: DatabaseSpace, rules: Rules
) -> StorageServices:
    """Put the storage together. `database` is for reading on the event loop; the folder `volume` is made if need be."""
    metadata = Metadata(database)
    gitlab = rules.gitlab
    store = LocalDisk(volume, RESERVE_BYTES)
    proof = write_proof(volume)
    guards = DigestGuards()
    garbage_collector = GarbageCollector(store, guards, metadata.blobs, rules.trash_seconds)
    deployment = EmulatedDeployment(rules.emulations, metadata)
    token_uses = TokenUses(writer)
    authentication = deployment.authentication(Authentication(metadata.credentials, token_uses))
    access = deployment.access(metadata.access)
    projects = ProjectAccess(access, gitlab)
    groups = GroupAccess(access)
    resources = ResourceAccess(projects, groups)
    permission = downloading(gitlab)
    protection = Protection(gitlab)
    download_times = DownloadTimes(writer)
    marked = MarkedForDeletion(metadata, writer, garbage_collector)
    sessions = UploadSessions(store)
    publications = PublishService(
        projects=projects,
        metadata=metadata,
        writer=writer,
        protection=protection,
        gitlab=gitlab,
        store=store,
        maximum_bytes=rules.maximum_bytes,
        legacy_digests=rules.legacy_digests,
    )
    return StorageServices(
        gitlab=gitlab,
        authentication=authentication,
        failed_authentications=FailedAuthentications(rules.failed_authentications),
        publications=publications,
        uploads=UploadService(publications, sessions, store, pipeline, guards, garbage_collector, metadata, proof),
        downloads=DownloadService(projects, metadata, gitlab, permission, download_times, store, ReadTickets()),
        packages=PackageService(projects, groups, metadata, permission, download_times),
        deletion=DeletionService(projects, protection, writer, garbage_collector),
        package_settings=PackageSettingsService(groups, metadata, writer, changing_settings(gitlab)),
        size_limits=SizeLimitService(projects, metadata, writer, rules.maximum_bytes),
        protection_rules=ProtectionRuleService(projects, metadata, writer),
        volume=proof,
        users=deployment.users(UserService(metadata, writer)),
        groups=deployment.groups(GroupService(groups, metadata, writer, garbage_collector, gitlab)),
        projects=deployment.projects(ProjectService(projects, groups, metadata, writer, garbage_collector, gitlab)),
        members=deployment.members(MemberService(resources, metadata, writer)),
        personal_access_tokens=PersonalAccessTokenService(metadata, writer),
        access_tokens=deployment.access_tokens(AccessTokenService(resources, metadata, writer)),
        deploy_tokens=DeployTokenService(resources, metadata, writer),
        token_rotation=TokenRotationService(resources, metadata, writer, gitlab),
        token_uses=token_uses,
        runners=RunnerService(resources, metadata, writer),
        pipelines=PipelineService(projects, metadata, writer),
        jobs=deployment.jobs(JobService(projects, metadata, writer)),
        job_token_scopes=JobTokenScopeService(projects, gitlab, metadata, writer),
        housekeeping=Housekeeping(sessions, garbage_collector, (download_times, token_uses), space, marked, proof),
    )
