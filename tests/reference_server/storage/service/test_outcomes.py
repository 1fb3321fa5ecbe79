"""Who may publish and download: the outcome tables, each edition, each way to publish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from generic_packages.storage.v1 import credential_pb2
from generic_packages.storage.v1 import packages_pb2 as pb
from generic_packages.storage.v1.credential_pb2 import Credential

from tests.support.storage import ANONYMOUS, Registry, at, outcome

GUEST, REPORTER, DEVELOPER, MAINTAINER, OWNER = 10, 20, 30, 40, 50
VISIBILITIES = ["PUBLIC", "INTERNAL", "PRIVATE"]
READ, WRITE = "read_package_registry", "write_package_registry"


@dataclass(slots=True)
class Callers:
    """Every kind of caller of one project."""

    registry: Registry
    visibility: str
    project: int
    elsewhere: int

    def credentials(self, kind: str) -> Sequence[Credential]:
        """Present the credential of a kind of caller; a number is a member with that role."""
        if kind in {"none", "administrator"}:
            return ANONYMOUS if kind == "none" else self.registry.root
        if kind.startswith("invalid "):
            scheme = credential_pb2.AuthenticationScheme.Value(f"AUTHENTICATION_SCHEME_{kind.removeprefix('invalid ')}")
            return (Credential(scheme=scheme, username="somebody", secret="glpat-names-no-token-at-all"),)
        if "deploy" in kind:
            return self.registry.deploy_token(self.elsewhere if "foreign" in kind else self.project, *_scopes(kind))
        if kind == "stranger":
            return self.registry.member(self.elsewhere, OWNER)
        return self.registry.member(self.project, int(kind))


def _scopes(kind: str) -> list[str]:
    words = kind.rsplit(maxsplit=1)[-1]
    return [scope for letter, scope in (("r", READ), ("w", WRITE)) if letter in words] or ["read_repository"]


@pytest.fixture(scope="module", params=["15", "current"])
def edition_registry(request: pytest.FixtureRequest, registry: Registry, registry_15: Registry) -> Registry:
    """Give the storage of each edition in turn."""
    return registry if request.param == "current" else registry_15


@pytest.fixture(scope="module", params=VISIBILITIES)
def callers(request: pytest.FixtureRequest, edition_registry: Registry) -> Callers:
    """Make a project of each visibility with one published file, and one elsewhere."""
    project = edition_registry.project(request.param).id
    edition_registry.publish(at(project))
    return Callers(edition_registry, request.param, project, edition_registry.project("PRIVATE").id)


Table = dict[str, Sequence[str | dict[str, str]]]
INVALID = ["invalid PRIVATE_TOKEN", "invalid JOB_TOKEN", "invalid DEPLOY_TOKEN", "invalid BEARER"]

PUT: Table = {
    "none": ["CREDENTIAL_INVALID"] * 3,
    **{kind: ["CREDENTIAL_INVALID"] * 3 for kind in INVALID},
    "invalid BASIC": ["CREDENTIAL_INVALID"] * 3,
    str(GUEST): ["ROLE_INSUFFICIENT"] * 3,
    str(REPORTER): ["ROLE_INSUFFICIENT"] * 3,
    str(DEVELOPER): ["OK"] * 3,
    str(MAINTAINER): ["OK"] * 3,
    str(OWNER): ["OK"] * 3,
    "administrator": ["OK"] * 3,
    "stranger": ["ROLE_INSUFFICIENT", "ROLE_INSUFFICIENT", "PROJECT_NOT_FOUND"],
    "deploy rw": ["OK"] * 3,
    "deploy w": ["OK"] * 3,
    "deploy r": ["ROLE_INSUFFICIENT"] * 3,
    "deploy -": ["ROLE_INSUFFICIENT", "PROJECT_NOT_FOUND", "PROJECT_NOT_FOUND"],
    "foreign deploy rw": ["ROLE_INSUFFICIENT", "PROJECT_NOT_FOUND", "PROJECT_NOT_FOUND"],
}

GET: Table = {
    "none": ["OK", "CREDENTIAL_INVALID", "CREDENTIAL_INVALID"],
    **{kind: ["CREDENTIAL_INVALID"] * 3 for kind in INVALID},
    "invalid BASIC": ["OK", "CREDENTIAL_INVALID", "CREDENTIAL_INVALID"],
    str(GUEST): ["OK", "OK", {"15": "ROLE_INSUFFICIENT", "current": "OK"}],
    str(REPORTER): ["OK"] * 3,
    str(DEVELOPER): ["OK"] * 3,
    str(OWNER): ["OK"] * 3,
    "administrator": ["OK"] * 3,
    "stranger": ["OK", "OK", "PROJECT_NOT_FOUND"],
    "deploy rw": ["OK"] * 3,
    "deploy w": ["OK"] * 3,
    "deploy r": ["OK"] * 3,
    "deploy -": ["OK", "PROJECT_NOT_FOUND", "PROJECT_NOT_FOUND"],
    "foreign deploy rw": ["OK", "PROJECT_NOT_FOUND", "PROJECT_NOT_FOUND"],
}

LIST: Table = {**GET, "none": ["OK", "PROJECT_NOT_FOUND", "PROJECT_NOT_FOUND"]}
LIST["invalid BASIC"] = LIST["none"]

DELETE: Table = {
    "none": ["ROLE_INSUFFICIENT", "PROJECT_NOT_FOUND", "PROJECT_NOT_FOUND"],
    str(DEVELOPER): ["ROLE_INSUFFICIENT"] * 3,
    str(MAINTAINER): ["OK"] * 3,
    str(OWNER): ["OK"] * 3,
    "stranger": ["ROLE_INSUFFICIENT", "ROLE_INSUFFICIENT", "PROJECT_NOT_FOUND"],
    "deploy rw": ["ROLE_INSUFFICIENT"] * 3,
}


def _expected(row: Sequence[str | dict[str, str]], callers: Callers) -> str:
    cell = row[VISIBILITIES.index(callers.visibility)]
    return cell[callers.registry.edition] if isinstance(cell, dict) else cell


@pytest.mark.parametrize("kind", list(PUT))
def test_publishing_ends_as_the_table_says(callers: Callers, kind: str) -> None:
    packages, values = callers.registry.packages, {"coordinates": at(callers.project)}
    credentials = callers.credentials(kind)
    small = pb.PublishRequest(credentials=credentials, content=b"new", **values)
    begun = pb.BeginPublicationRequest(credentials=credentials, **values)
    assert outcome(packages.Publish, small) == _expected(PUT[kind], callers)
    assert outcome(packages.BeginPublication, begun) == _expected(PUT[kind], callers)


@pytest.mark.parametrize("kind", list(GET))
def test_downloading_ends_as_the_table_says(callers: Callers, kind: str) -> None:
    request = pb.OpenPackageFileRequest(credentials=callers.credentials(kind), coordinates=at(callers.project))
    assert outcome(callers.registry.packages.OpenPackageFile, request) == _expected(GET[kind], callers)


@pytest.mark.parametrize("kind", list(LIST))
def test_listing_ends_as_the_table_says(callers: Callers, kind: str) -> None:
    request = pb.ListPackagesRequest(credentials=callers.credentials(kind), project=str(callers.project))
    assert outcome(callers.registry.packages.ListPackages, request) == _expected(LIST[kind], callers)


@pytest.mark.parametrize("kind", list(DELETE))
def test_deleting_ends_as_the_table_says(callers: Callers, kind: str) -> None:
    row = callers.registry.publish(at(callers.project, name="doomed"))
    request = pb.DeletePackageRequest(
        credentials=callers.credentials(kind), project=str(callers.project), package_id=row.package_id
    )
    assert outcome(callers.registry.packages.DeletePackage, request) == _expected(DELETE[kind], callers)


def test_an_unknown_project_looks_like_a_private_one(either: Registry) -> None:
    private, unknown = either.project("PRIVATE").id, 10**9
    stranger = either.member(either.project().id)
    for credentials in (ANONYMOUS, stranger):
        requests = [
            pb.OpenPackageFileRequest(credentials=credentials, coordinates=at(project))
            for project in (private, unknown)
        ]
        outcomes = [outcome(either.packages.OpenPackageFile, request) for request in requests]
        assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize(
    ("scopes", "put", "get"),
    [
        (["api"], "OK", "OK"),
        (["read_api"], "SCOPE_INSUFFICIENT", "OK"),
        (["read_user", "read_registry", "write_registry"], "SCOPE_INSUFFICIENT", "SCOPE_INSUFFICIENT"),
    ],
)
def test_access_tokens_need_a_scope(registry: Registry, scopes: list[str], put: str, get: str) -> None:
    project = registry.project().id
    registry.publish(at(project))
    credentials = registry.member(project, OWNER, scopes=scopes)
    publish = pb.PublishRequest(credentials=credentials, coordinates=at(project))
    fetch = pb.OpenPackageFileRequest(credentials=credentials, coordinates=at(project))
    assert outcome(registry.packages.Publish, publish) == put
    assert outcome(registry.packages.OpenPackageFile, fetch) == get


def test_a_role_in_a_group_reaches_the_projects_below(registry: Registry) -> None:
    top = registry.group(visibility="PRIVATE")
    below = registry.group(parent=top.id, visibility="PRIVATE")
    project = registry.project("PRIVATE", group=below.id).id
    assert (
        outcome(registry.packages.Publish, pb.PublishRequest(credentials=registry.root, coordinates=at(project)))
        == "OK"
    )
