"""Every call of the contract declares who may make it, and refuses everybody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from generic_packages.storage.v1.credential_pb2 import Credential
from google.protobuf.descriptor import MethodDescriptor

from reference_server.storage.access.callers import CallerKind
from reference_server.storage.service.admission import admitted_kinds
from reference_server.storage.service.server import CONTRACT
from tests.support.storage import ANONYMOUS, Registry, private_token
from tests.support.storage_users import job_token, person, running_job

CALLS = [method for file in CONTRACT for service in file.services_by_name.values() for method in service.methods]
WITH_CALLERS = [call for call in CALLS if admitted_kinds(call)]
WITH_JOB_TOKENS = {
    "Publish",
    "BeginPublication",
    "OpenPackageFile",
    "OpenPackageFileById",
    "ListPackages",
    "GetPackage",
    "ListPackageFiles",
    "ListPackagePipelines",
    "DeletePackage",
    "DeletePackageFile",
}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_a_call_declares_its_callers_exactly_when_its_request_holds_credentials(call: MethodDescriptor) -> None:
    assert bool(admitted_kinds(call)) == ("credentials" in call.input_type.fields_by_name)


def test_job_tokens_are_let_in_by_the_calls_for_packages_alone() -> None:
    assert {call.name for call in CALLS if CallerKind.JOB_TOKEN in admitted_kinds(call)} == WITH_JOB_TOKENS


@pytest.fixture(scope="module")
def credentials(registry: Registry) -> Mapping[CallerKind, Sequence[Credential]]:
    """Make a valid credential of each kind, as its own header carries it."""
    project = registry.project().id
    developer = person(registry, administrator=True)
    return {
        CallerKind.ANONYMOUS: ANONYMOUS,
        CallerKind.ACCESS_TOKEN: developer.credentials,
        CallerKind.DEPLOY_TOKEN: registry.deploy_token(project, "read_package_registry", "write_package_registry"),
        CallerKind.JOB_TOKEN: job_token(running_job(registry, project, developer.credentials).token),
    }


@pytest.mark.parametrize("call", WITH_CALLERS, ids=lambda call: call.name)
def test_a_call_refuses_every_kind_of_caller_that_it_does_not_declare(
    registry: Registry, credentials: Mapping[CallerKind, Sequence[Credential]], call: MethodDescriptor
) -> None:
    refused = set(CallerKind) - admitted_kinds(call)
    outcomes = {kind: registry.outcome(call.name, by=credentials[kind]) for kind in refused}
    assert outcomes == dict.fromkeys(refused, "CREDENTIAL_INVALID")
    assert registry.outcome(call.name, by=private_token("glpat-names-no-token")) == "CREDENTIAL_INVALID"


@pytest.mark.parametrize("call", WITH_CALLERS, ids=lambda call: call.name)
def test_a_call_lets_a_users_access_token_in(registry: Registry, call: MethodDescriptor) -> None:
    """So that what refuses the others is their kind."""
    assert CallerKind.ACCESS_TOKEN in admitted_kinds(call)
    credentials = person(registry, administrator=True).credentials
    assert registry.outcome(call.name, by=credentials) != "CREDENTIAL_INVALID"
