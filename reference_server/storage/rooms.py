"""The storage put together from its rooms, without the service that makes it reachable."""

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
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.sqlite.hot_paths import HotPaths
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.packages.committing import Committing
from reference_server.storage.packages.deleting import Deleting
from reference_server.storage.packages.downloads import Downloads
from reference_server.storage.packages.group_listing import GroupListing
from reference_server.storage.packages.limits import Limits
from reference_server.storage.packages.listing import Listing
from reference_server.storage.packages.opening import Opening
from reference_server.storage.packages.protection import Protection
from reference_server.storage.packages.protection_rules import ProtectionRules
from reference_server.storage.packages.publishing import Publishing
from reference_server.storage.packages.read_tickets import ReadTickets
from reference_server.storage.packages.receiving import ContentReceiver
from reference_server.storage.packages.settings import Settings
from reference_server.storage.packages.showing import Showing
from reference_server.storage.packages.uploads import Uploads
from reference_server.storage.rules.editions import Edition


@dataclass(frozen=True, slots=True)
class Rules:
    """What this registry was told: its edition, its largest file in bytes, whether it computes MD5 and SHA-1."""

    edition: Edition
    maximum_bytes: int
    legacy_digests: bool


@dataclass(frozen=True, slots=True)
class PackageRooms:
    """What the services for packages and content work with."""

    publishing: Publishing
    committing: Committing
    uploads: Uploads
    receiving: ContentReceiver
    opening: Opening
    tickets: ReadTickets
    store: BlobStore
    volume: VolumeProof
    listing: Listing
    group_listing: GroupListing
    deleting: Deleting
    settings: Settings
    limits: Limits
    protection_rules: ProtectionRules


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
class Rooms:
    """The whole storage."""

    authentication: Authentication

    packages: PackageRooms
    identity: IdentityRooms
    ci: CiRooms
    housekeeping: Housekeeping


def furnish(*, reading: Database, writer: Writer, volume: Path, pipeline: ContentPipeline, rules: Rules) -> Rooms:
    """Put the storage together. `reading` is the event loop's own connection; `volume` is made if need be."""
    lookups = HotPaths(reading)
    store = LocalDisk(volume)
    guards = DigestGuards()
    garbage_collector = GarbageCollector(store, guards, lookups)
    authentication = Authentication(lookups)
    with_jobs = Authentication(lookups, job_tokens=True)
    projects = ProjectAccess(lookups, rules.edition)
    groups = GroupAccess(reading, lookups)
    places = Places(projects, groups)
    uploads = Uploads(store)
    protection = Protection(rules.edition)
    publishing = Publishing(
        authentication=with_jobs,
        projects=projects,
        database=reading,
        lookups=lookups,
        protection=protection,
        edition=rules.edition,
        maximum_bytes=rules.maximum_bytes,
        legacy_digests=rules.legacy_digests,
        writer=writer,
    )
    permission = downloading(rules.edition)
    downloads = Downloads(writer)
    showing = Showing(reading, projects, downloads)
    packages = PackageRooms(
        publishing=publishing,
        committing=Committing(publishing, uploads, store, guards, garbage_collector, lookups),
        uploads=uploads,
        receiving=ContentReceiver(uploads, store, publishing, pipeline),
        opening=Opening(with_jobs, projects, lookups, rules.edition, permission, downloads),
        tickets=ReadTickets(),
        store=store,
        volume=write_proof(volume),
        listing=Listing(with_jobs, projects, reading, permission, showing),
        group_listing=GroupListing(authentication, groups, projects, lookups, reading, permission, showing),
        deleting=Deleting(with_jobs, projects, protection, writer, garbage_collector),
        settings=Settings(authentication, groups, lookups, writer, changing_settings(rules.edition)),
        limits=Limits(authentication, projects, lookups, writer, rules.maximum_bytes),
        protection_rules=ProtectionRules(authentication, projects, reading, writer, rules.edition),
    )
    identity = IdentityRooms(
        edition=rules.edition,
        users=Users(authentication, reading, writer),
        groups=Groups(authentication, groups, reading, writer, garbage_collector),
        projects=Projects(authentication, projects, groups, reading, writer, garbage_collector),
        members=Members(authentication, places, reading, writer),
        personal_tokens=PersonalTokens(authentication, reading, writer),
        access_tokens=AccessTokens(authentication, places, reading, writer),
        deploy_tokens=DeployTokens(authentication, places, reading, writer),
    )
    runners = Runners(authentication, places, reading, writer)
    ci = CiRooms(
        runners=runners,
        pipelines=Pipelines(authentication, projects, reading, writer),
        jobs=Jobs(authentication, projects, runners, reading, writer),
        job_token_scope=JobTokenScope(authentication, projects, rules.edition, reading, writer),
        package_pipelines=PackagePipelines(with_jobs, projects, reading, permission, rules.edition),
    )
    return Rooms(authentication, packages, identity, ci, Housekeeping(uploads, garbage_collector, downloads))
