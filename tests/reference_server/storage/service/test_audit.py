"""The audit log: what is written down, and that no secret is."""

import io
import json

import pytest
from generic_packages.storage.v1 import packages_pb2, tokens_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from reference_server.contract.logs import Lines
from reference_server.storage.access.callers import CallerJob, DeployTokenCaller, UserCaller
from reference_server.storage.access.origin import Origin
from reference_server.storage.service.admission import calls
from reference_server.storage.service.audit import ACTIONS, NEVER_SHOWN, AuditLog, PackageNames
from reference_server.storage.service.server import CONTRACT

CALLS = {call.name: call.request for call in calls(CONTRACT)}
CHANGING_NOTHING = {"Operate", "cancel", "open_package_file", "OpenPackageFileById", "DescribeVolume"}
CHANGING_NOTHING |= {name for name in CALLS if name.startswith(("Get", "List", "Recognize"))}
ON_THE_WAY = {"begin_publication", "AbandonPublication", "UploadContent", "DownloadContent", "RequestJob", "UpdateJob"}
OF_PIPELINES = {"CreatePipeline", "DeletePipeline", "CancelJob"}
TEXTS = {FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES}
SECRET_WORDS = ("token", "secret", "password", "credential")


def test_every_call_is_written_down_or_changes_nothing_of_packages_people_and_settings() -> None:
    others = CHANGING_NOTHING | ON_THE_WAY | OF_PIPELINES
    assert set(CALLS) - set(ACTIONS) <= others
    assert not set(ACTIONS) & others
    assert set(ACTIONS) <= set(CALLS)


def texts(message: Descriptor) -> set[str]:
    """Return the names of the fields that hold text or bytes, in a message and those that it holds."""
    found = {
        field.name
        for field in message.fields
        if field.type in {FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES}
    }
    inner = [field.message_type for field in message.fields if field.message_type and field.name not in NEVER_SHOWN]
    return found.union(*map(texts, inner))


@pytest.mark.parametrize("call", ACTIONS)
def test_no_field_that_may_hold_a_secret_is_shown(call: str) -> None:
    secret = {name for name in texts(CALLS[call]) if any(word in name for word in SECRET_WORDS)}
    assert secret <= NEVER_SHOWN


async def written(call: str, origin: Origin, request: object, response: object) -> dict[str, object]:
    stream = io.StringIO()
    lines = Lines(stream)
    AuditLog(lines).write(call, origin, request, response)  # type: ignore[arg-type]  # messages, whose stubs are told apart
    lines.flush()
    line = json.loads(stream.getvalue())
    del line["timestamp"]
    return dict(line)


async def test_a_line_says_who_did_what_from_where_by_which_request() -> None:
    caller = UserCaller(1, administrator=True, scopes=frozenset({"api"}), token_id=3)
    request = tokens_pb2.CreateAccessTokenRequest(name="ci", scopes=["api"], access_level=30)
    request.place.project = "17"
    request.credentials.add(secret="glpat-secret")
    response = tokens_pb2.CreateAccessTokenResponse(secret="glpat-new")
    response.access_token.id = 9
    line = await written("CreateAccessToken", Origin("request-1", "203.0.113.9", caller), request, response)
    assert line == {
        "event": "audit",
        "action": "access_token.create",
        "caller": {"user_id": 1, "token_id": 3},
        "client_address": "203.0.113.9",
        "request_id": "request-1",
        "project": "17",
        "name": "ci",
        "scopes": ["api"],
        "access_level": 30,
        "access_token_id": 9,
        "level": "info",
    }


@pytest.mark.parametrize(
    ("caller", "shown"),
    [
        (None, {}),
        (DeployTokenCaller(1, None, frozenset(), 5), {"deploy_token_id": 5}),
        (UserCaller(2, administrator=False, scopes=frozenset(), job=CallerJob(1, 8)), {"user_id": 2, "pipeline_id": 8}),
    ],
)
async def test_callers_of_every_kind_are_named(caller: object, shown: dict[str, int]) -> None:
    origin = Origin(caller=caller)  # type: ignore[arg-type]  # one of the callers above
    line = await written(
        "DeletePackage", origin, packages_pb2.DeletePackageRequest(), packages_pb2.DeletePackageResponse()
    )
    assert (line["caller"], line["client_address"], line["request_id"]) == (shown, None, None)


def test_a_log_without_lines_writes_nothing() -> None:
    AuditLog(None).write_publication(Origin(), PackageNames("tool", "1.0"), packages_pb2.PackageFile())
