"""How calls end for each kind of caller, where test_authorization.py cannot say: from credential to answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import pytest
from generic_packages.storage.v1 import credential_pb2
from generic_packages.storage.v1.credential_pb2 import Credential

from tests.support.storage import ANONYMOUS, Registry, at

GUEST, DEVELOPER, MAINTAINER, OWNER = 10, 30, 40, 50
VISIBILITIES = ["PUBLIC", "PRIVATE"]
READ, WRITE = "read_package_registry", "write_package_registry"


@dataclass(slots=True)
class Callers:
    registry: Registry
    visibility: str
    project: int
    elsewhere: int

    def credentials(self, kind: str) -> Sequence[Credential]:
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


@pytest.fixture(scope="module", params=VISIBILITIES)
def callers(request: pytest.FixtureRequest, registry: Registry) -> Callers:
    """Make a project of each visibility with one published file, and one elsewhere."""
    project = registry.project(request.param).id
    registry.publish(at(project))
    return Callers(registry, request.param, project, registry.project("PRIVATE").id)


Table = dict[str, tuple[str, str]]
REFUSED = {
    f"invalid {scheme}": ("CREDENTIAL_INVALID", "CREDENTIAL_INVALID")
    for scheme in ("PRIVATE_TOKEN", "JOB_TOKEN", "DEPLOY_TOKEN", "BEARER")
}
PUT: Table = {
    **REFUSED,
    "none": ("CREDENTIAL_INVALID", "CREDENTIAL_INVALID"),
    "invalid BASIC": ("CREDENTIAL_INVALID", "CREDENTIAL_INVALID"),
    str(GUEST): ("ROLE_INSUFFICIENT", "ROLE_INSUFFICIENT"),
    str(DEVELOPER): ("OK", "OK"),
    "administrator": ("OK", "OK"),
    "stranger": ("ROLE_INSUFFICIENT", "PROJECT_NOT_FOUND"),
    "deploy w": ("OK", "OK"),
    "deploy r": ("ROLE_INSUFFICIENT", "ROLE_INSUFFICIENT"),
    "foreign deploy rw": ("ROLE_INSUFFICIENT", "PROJECT_NOT_FOUND"),
}
GET: Table = {
    **REFUSED,
    "none": ("OK", "CREDENTIAL_INVALID"),
    "invalid BASIC": ("OK", "CREDENTIAL_INVALID"),
    str(GUEST): ("OK", "OK"),
    "administrator": ("OK", "OK"),
    "stranger": ("OK", "PROJECT_NOT_FOUND"),
    "deploy r": ("OK", "OK"),
    "deploy -": ("OK", "PROJECT_NOT_FOUND"),
    "foreign deploy rw": ("OK", "PROJECT_NOT_FOUND"),
}
LIST: Table = {**GET, "none": ("OK", "PROJECT_NOT_FOUND"), "invalid BASIC": ("OK", "PROJECT_NOT_FOUND")}
DELETE: Table = {
    "none": ("ROLE_INSUFFICIENT", "PROJECT_NOT_FOUND"),
    str(DEVELOPER): ("ROLE_INSUFFICIENT", "ROLE_INSUFFICIENT"),
    str(MAINTAINER): ("OK", "OK"),
    "stranger": ("ROLE_INSUFFICIENT", "PROJECT_NOT_FOUND"),
    "deploy rw": ("ROLE_INSUFFICIENT", "ROLE_INSUFFICIENT"),
}


def _expected(row: tuple[str, str], callers: Callers) -> str:
    return row[VISIBILITIES.index(callers.visibility)]


@pytest.mark.parametrize("kind", list(PUT))
def test_publishing_ends_as_the_table_says(callers: Callers, kind: str) -> None:
    for call in ("publish", "begin_publication"):
        ended = callers.registry.outcome(call, by=callers.credentials(kind), coordinates=at(callers.project))
        assert ended == _expected(PUT[kind], callers)


@pytest.mark.parametrize("kind", list(GET))
def test_downloading_ends_as_the_table_says(callers: Callers, kind: str) -> None:
    assert callers.registry.opening(callers.project, callers.credentials(kind)) == _expected(GET[kind], callers)


@pytest.mark.parametrize("kind", list(LIST))
def test_listing_ends_as_the_table_says(callers: Callers, kind: str) -> None:
    ended = callers.registry.outcome("ListPackages", by=callers.credentials(kind), project=str(callers.project))
    assert ended == _expected(LIST[kind], callers)


@pytest.mark.parametrize("kind", list(DELETE))
def test_deleting_ends_as_the_table_says(callers: Callers, kind: str) -> None:
    row = callers.registry.publish(at(callers.project, name="doomed"))
    by, project = callers.credentials(kind), str(callers.project)
    delete = partial(callers.registry.outcome, by=by, project=project, package_id=row.package_id)
    expected = _expected(DELETE[kind], callers)
    assert (delete("DeletePackageFile", package_file_id=row.id), delete("DeletePackage")) == (expected, expected)


def test_an_unknown_project_looks_like_a_private_one(either: Registry) -> None:
    private, unknown = either.project("PRIVATE").id, 10**9
    stranger = either.member(either.project().id)
    for credentials in (ANONYMOUS, stranger):
        assert either.opening(private, credentials) == either.opening(unknown, credentials) != "OK"
