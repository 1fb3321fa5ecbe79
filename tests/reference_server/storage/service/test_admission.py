"""Every call and operation of the contract declares who may make it, and refuses everybody else."""

from collections.abc import Mapping, Sequence

import pytest
from generic_packages.storage.v1.credential_pb2 import Credential

from reference_server.storage.access.callers import CallerKind
from reference_server.storage.access.job_tokens import taken_kinds
from reference_server.storage.rules.gitlab import read_gitlab
from reference_server.storage.service.admission import Call, admitted_kinds, calls
from reference_server.storage.service.server import CONTRACT
from tests.support.storage import ANONYMOUS, Registry, private_token
from tests.support.storage_users import basic_job_token, job_token, person, running_job

CALLS = list(calls(CONTRACT))
WITH_CALLERS = [call for call in CALLS if admitted_kinds(call)]
WITH_JOB_TOKENS = {
    "publish",
    "begin_publication",
    "open_package_file",
    "OpenPackageFileById",
    "ListPackages",
    "GetPackage",
    "ListPackageFiles",
    "ListPackagePipelines",
    "DeletePackage",
    "DeletePackageFile",
}
WITH_JOB_TOKENS_AS_PASSWORDS = {"publish", "begin_publication", "open_package_file"}
TELLING_NOTHING = {"RecognizeCredentials"}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_a_call_declares_its_callers_exactly_when_its_request_holds_credentials(call: Call) -> None:
    assert bool(admitted_kinds(call)) == ("credentials" in call.request.fields_by_name)


def test_job_tokens_are_let_in_by_the_calls_for_packages_alone() -> None:
    with_job_tokens = {call.name for call in CALLS if CallerKind.JOB_TOKEN in admitted_kinds(call)}
    assert with_job_tokens == WITH_JOB_TOKENS | TELLING_NOTHING


def test_job_tokens_are_passwords_on_the_generic_routes_alone() -> None:
    as_passwords = {call.name for call in CALLS if CallerKind.JOB_TOKEN_AS_PASSWORD in admitted_kinds(call)}
    assert as_passwords == WITH_JOB_TOKENS_AS_PASSWORDS | TELLING_NOTHING


GENERIC, AS_PASSWORD = {CallerKind.JOB_TOKEN}, {CallerKind.JOB_TOKEN, CallerKind.JOB_TOKEN_AS_PASSWORD}


@pytest.mark.parametrize(
    ("request_name", "before", "since", "earlier", "later"),
    [
        ("ListPackagesRequest", "15.2", "15.3", set(), GENERIC),
        ("DeletePackageRequest", "15.2", "15.3", set(), GENERIC),
        ("OpenPackageFileRequest", "16.7", "16.8", GENERIC, AS_PASSWORD),
        ("PublishRequest", "18.11", "19.0", GENERIC, AS_PASSWORD),
        ("BeginPublicationRequest", "18.11", "19.0", GENERIC, AS_PASSWORD),
    ],
)
def test_job_tokens_are_taken_from_the_version_on_that_takes_them(
    request_name: str, before: str, since: str, earlier: set[CallerKind], later: set[CallerKind]
) -> None:
    call = next(call for call in CALLS if call.request.name == request_name)
    taken = [taken_kinds(request_name, admitted_kinds(call), read_gitlab(version)) for version in (before, since)]
    assert [kinds & AS_PASSWORD for kinds in taken] == [earlier, later]


@pytest.fixture(scope="module")
def credentials(registry: Registry) -> Mapping[CallerKind, Sequence[Credential]]:
    project = registry.project().id
    developer = person(registry, administrator=True)
    job = running_job(registry, project, developer.credentials).token
    return {
        CallerKind.ANONYMOUS: ANONYMOUS,
        CallerKind.ACCESS_TOKEN: developer.credentials,
        CallerKind.DEPLOY_TOKEN: registry.deploy_token(project, "read_package_registry", "write_package_registry"),
        CallerKind.JOB_TOKEN: job_token(job),
        CallerKind.JOB_TOKEN_AS_PASSWORD: basic_job_token(job),
    }


@pytest.mark.parametrize("call", WITH_CALLERS, ids=lambda call: call.name)
def test_a_call_refuses_every_kind_of_caller_that_it_does_not_declare(
    registry: Registry, credentials: Mapping[CallerKind, Sequence[Credential]], call: Call
) -> None:
    refused = set(CallerKind) - admitted_kinds(call)
    if CallerKind.ANONYMOUS in admitted_kinds(call):
        refused.discard(CallerKind.JOB_TOKEN_AS_PASSWORD)  # a Basic that names no token is no credential
    outcomes = {kind: registry.outcome(call.name, by=credentials[kind]) for kind in refused}
    assert outcomes == dict.fromkeys(refused, "CREDENTIAL_INVALID")
    assert registry.outcome(call.name, by=private_token("glpat-names-no-token")) == "CREDENTIAL_INVALID"


@pytest.mark.parametrize("call", WITH_CALLERS, ids=lambda call: call.name)
def test_a_call_lets_a_users_access_token_in(registry: Registry, call: Call) -> None:
    """So that what refuses the others is their kind."""
    assert CallerKind.ACCESS_TOKEN in admitted_kinds(call)
    credentials = person(registry, administrator=True).credentials
    assert registry.outcome(call.name, by=credentials) != "CREDENTIAL_INVALID"
