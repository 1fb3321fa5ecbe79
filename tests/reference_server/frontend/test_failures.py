"""The table from reasons to HTTP answers."""

import json

import grpc
import pytest
from generic_packages.storage.v1.failure_pb2 import FailureReason

from reference_server.contract.failure import Failure, Reason
from reference_server.contract.status import TransportFailure
from reference_server.frontend.failures import REASONS, response_to


def test_the_table_covers_exactly_the_contract() -> None:
    contract = {name.removeprefix("FAILURE_REASON_") for name in FailureReason.keys()} - {"UNSPECIFIED"}  # noqa: SIM118 -- a wrapper, no dict
    assert {reason.value for reason in REASONS} == contract


@pytest.mark.parametrize("reason", Reason)
def test_every_answer_is_an_error_with_a_json_object(reason: Reason) -> None:
    answer = response_to(Failure(reason, "a sentence for logs"))
    body = json.loads(answer.body)
    assert 400 <= answer.status < 600
    assert set(body) & {"message", "error"}
    assert "a sentence for logs" not in answer.body.decode()


@pytest.mark.parametrize(
    ("failure", "status", "body"),
    [
        (Failure(Reason.CREDENTIAL_INVALID, ""), 401, {"message": "401 Unauthorized"}),
        (Failure(Reason.ROLE_INSUFFICIENT, ""), 403, {"message": "403 Forbidden"}),
        (Failure(Reason.PROJECT_NOT_FOUND, ""), 404, {"message": "404 Project Not Found"}),
        (Failure(Reason.PACKAGE_FILE_NOT_FOUND, ""), 404, {"message": "404 Not Found"}),
        (Failure(Reason.PARAMETER_INVALID, "", parameter="id"), 400, {"error": "id is invalid"}),
        (Failure(Reason.PARAMETER_VALUE_UNKNOWN, "", parameter="s"), 400, {"error": "s does not have a valid value"}),
        (Failure(Reason.PARAMETER_MISSING, "", parameter="name"), 400, {"error": "name is missing"}),
        (Failure(Reason.PARAMETER_TAKEN, "", parameter="path"), 400, {"message": {"path": ["has already been taken"]}}),
        (Failure(Reason.PACKAGE_DUPLICATE, ""), 400, {"message": "400 Bad request - Duplicate package is not allowed"}),
        (Failure(Reason.FILE_TOO_LARGE, ""), 400, {"message": "400 Bad request - File is too large"}),
    ],
)
def test_answers_have_gitlabs_words(failure: Failure, status: int, body: dict[str, object]) -> None:
    answer = response_to(failure)
    assert (answer.status, json.loads(answer.body)) == (status, body)


@pytest.mark.parametrize("reason", [Reason.CREDENTIAL_INVALID, Reason.CREDENTIAL_EXPIRED, Reason.CREDENTIAL_REVOKED])
def test_every_401_carries_a_challenge(reason: Reason) -> None:
    answer = response_to(Failure(reason, ""))
    assert answer.status == 401
    assert dict(answer.headers)["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("reason", [Reason.CREDENTIAL_EXPIRED, Reason.CREDENTIAL_REVOKED])
def test_a_token_that_is_over_is_called_invalid(reason: Reason) -> None:
    assert json.loads(response_to(Failure(reason, "")).body)["error"] == "invalid_token"


def test_too_little_scope_names_the_scopes_that_would_do() -> None:
    answer = response_to(Failure(Reason.SCOPE_INSUFFICIENT, "", scope="api read_api"))
    body = json.loads(answer.body)
    assert (answer.status, body["error"], body["scope"]) == (403, "insufficient_scope", "api read_api")


def test_an_overloaded_storage_says_when_to_come_back() -> None:
    answer = response_to(Failure(Reason.OVERLOADED, "", retry_after_seconds="7"))
    assert (answer.status, dict(answer.headers)["Retry-After"]) == (503, "7")


@pytest.mark.parametrize(
    "code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.UNKNOWN, grpc.StatusCode.DEADLINE_EXCEEDED]
)
def test_an_unreachable_storage_is_worth_a_retry(code: grpc.StatusCode) -> None:
    answer = response_to(TransportFailure(code, "detail"))
    assert answer.status == 503
    assert "Retry-After" in dict(answer.headers)


@pytest.mark.parametrize("code", [grpc.StatusCode.INTERNAL, grpc.StatusCode.INVALID_ARGUMENT])
def test_a_defect_tells_the_client_nothing(code: grpc.StatusCode) -> None:
    answer = response_to(TransportFailure(code, "a secret detail"))
    assert (answer.status, json.loads(answer.body)) == (500, {"message": "500 Internal Server Error"})
