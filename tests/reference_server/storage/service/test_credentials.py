"""Which credential decides, and what makes a token worthless."""

import datetime as dt
import time
from collections.abc import Mapping
from functools import partial

import pytest
from generic_packages.storage.v1 import credential_pb2
from generic_packages.storage.v1.credential_pb2 import Credential
from google.protobuf.timestamp_pb2 import Timestamp

from tests.support.storage import Registry, at, in_project, refusal
from tests.support.storage_users import running_job

SCHEMES = ["JOB_TOKEN", "PRIVATE_TOKEN", "DEPLOY_TOKEN", "BEARER", "BASIC"]


def carried(scheme: str, secret: str) -> Credential:
    number = credential_pb2.AuthenticationScheme.Value(f"AUTHENTICATION_SCHEME_{scheme}")
    return Credential(scheme=number, username="anybody" if scheme == "BASIC" else "", secret=secret)


@pytest.fixture
def secrets(registry: Registry, project: int) -> Mapping[str, str]:
    """Make a token of each kind that may publish in the project."""
    return {
        "access": registry.access_token(project).secret,
        "deploy": registry.deploy_token(project, "write_package_registry")[0].secret,
        "job": running_job(registry, project, registry.root).token,
    }


@pytest.mark.parametrize(
    ("kind", "schemes"),
    [
        ("access", {"PRIVATE_TOKEN", "BEARER", "BASIC"}),
        ("deploy", {"DEPLOY_TOKEN", "BEARER", "BASIC"}),
        ("job", {"JOB_TOKEN"}),
    ],
)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_token_counts_only_where_its_kind_may_be_carried(
    registry: Registry, project: int, secrets: Mapping[str, str], kind: str, schemes: set[str], scheme: str
) -> None:
    expected = "OK" if scheme in schemes else "CREDENTIAL_INVALID"
    assert registry.publishing(project, [carried(scheme, secrets[kind])]) == expected


def test_the_first_credential_decides_alone(registry: Registry, project: int) -> None:
    good = registry.access_token(project).secret
    bad = carried("PRIVATE_TOKEN", "glpat-worthless-worthless")
    assert registry.publishing(project, [bad, carried("BASIC", good)]) == "CREDENTIAL_INVALID"
    assert registry.publishing(project, [carried("PRIVATE_TOKEN", good), carried("BASIC", "worthless")]) == "OK"


def test_a_credential_without_a_scheme_is_malformed(registry: Registry, project: int) -> None:
    assert registry.publishing(project, [Credential(secret="x")]) == "PARAMETER_INVALID"


@pytest.mark.parametrize("secret", ["", "x" * 5000, "glpat-ünïcode"])
def test_a_secret_that_no_token_has_is_invalid(registry: Registry, secret: str) -> None:
    assert registry.publishing(registry.project().id, [carried("PRIVATE_TOKEN", secret)]) == "CREDENTIAL_INVALID"


@pytest.mark.parametrize("scheme", ["PRIVATE_TOKEN", "BEARER", "BASIC"])
def test_a_revoked_access_token_is_refused_however_it_is_carried(registry: Registry, project: int, scheme: str) -> None:
    created = registry.access_token(project)
    revoke = partial(registry.outcome, "RevokeAccessToken", place=in_project(project), token_id=created.access_token.id)
    assert revoke() == "OK"
    assert registry.publishing(project, [carried(scheme, created.secret)]) == "CREDENTIAL_REVOKED"
    assert revoke() == "TOKEN_NOT_FOUND"


def test_an_access_token_expires_at_the_start_of_its_day(registry: Registry, project: int) -> None:
    today = dt.datetime.now(dt.UTC).date()
    over = registry.access_token(project, expires_at=today.isoformat())
    valid = registry.access_token(project, expires_at=(today + dt.timedelta(days=2)).isoformat())
    assert over.access_token.expires_at == today.isoformat()
    assert registry.publishing(project, [carried("PRIVATE_TOKEN", over.secret)]) == "CREDENTIAL_EXPIRED"
    assert registry.publishing(project, [carried("PRIVATE_TOKEN", valid.secret)]) == "OK"


def test_a_deploy_token_expires_and_is_revoked(registry: Registry, project: int) -> None:
    now = int(time.time())
    over = registry.ask(
        "CreateDeployToken",
        place=in_project(project),
        name="over",
        scopes=["write_package_registry"],
        expires_at=Timestamp(seconds=now - now % 86_400),
    )
    assert registry.publishing(project, [carried("DEPLOY_TOKEN", over.secret)]) == "CREDENTIAL_EXPIRED"
    revoke = partial(registry.outcome, "RevokeDeployToken", place=in_project(project), token_id=over.deploy_token.id)
    assert revoke() == "OK"
    assert registry.publishing(project, [carried("DEPLOY_TOKEN", over.secret)]) == "CREDENTIAL_REVOKED"
    assert revoke() == "TOKEN_NOT_FOUND"


def test_too_little_scope_says_which_would_do(registry: Registry, project: int) -> None:
    credentials = registry.member(project, 50, scopes=["read_api"])
    failure = refusal(lambda: registry.publish(at(project), by=credentials))
    assert failure.metadata == {"scope": "api"}


def test_no_secret_is_kept_as_it_is(registry: Registry, secrets: Mapping[str, str]) -> None:
    kept = b"".join(path.read_bytes() for path in registry.data.glob("metadata.sqlite3*"))
    assert [kind for kind, secret in secrets.items() if secret.encode() in kept] == []
