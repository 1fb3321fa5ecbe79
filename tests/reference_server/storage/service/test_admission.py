"""Every call of the contract declares who may make it."""

from __future__ import annotations

import pytest
from google.protobuf.descriptor import MethodDescriptor

from reference_server.storage.access.callers import CallerKind
from reference_server.storage.service.admission import admitted_kinds
from reference_server.storage.service.server import CONTRACT

CALLS = [method for file in CONTRACT for service in file.services_by_name.values() for method in service.methods]
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
