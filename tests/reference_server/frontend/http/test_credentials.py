"""What a request presents, as Credential messages."""

import base64

import pytest
from generic_packages.storage.v1 import credential_pb2 as pb

from reference_server.frontend.http.credentials import presented_credentials


def basic(text: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}


def presented(headers: dict[str, str], query: dict[str, str] | None = None) -> list[tuple[int, str, str]]:
    return [(item.scheme, item.username, item.secret) for item in presented_credentials(headers, query or {})]


@pytest.mark.parametrize(
    ("headers", "query", "expected"),
    [
        ({"Private-Token": "t"}, {}, (pb.AUTHENTICATION_SCHEME_PRIVATE_TOKEN, "", "t")),
        ({}, {"private_token": "t"}, (pb.AUTHENTICATION_SCHEME_PRIVATE_TOKEN, "", "t")),
        ({"Private-Token": "h"}, {"private_token": "q"}, (pb.AUTHENTICATION_SCHEME_PRIVATE_TOKEN, "", "h")),
        ({"Job-Token": "t"}, {}, (pb.AUTHENTICATION_SCHEME_JOB_TOKEN, "", "t")),
        ({}, {"job_token": "t"}, (pb.AUTHENTICATION_SCHEME_JOB_TOKEN, "", "t")),
        ({"Deploy-Token": "t"}, {}, (pb.AUTHENTICATION_SCHEME_DEPLOY_TOKEN, "", "t")),
        ({"Authorization": "Bearer t"}, {}, (pb.AUTHENTICATION_SCHEME_BEARER, "", "t")),
        ({"Authorization": "bearer  t"}, {}, (pb.AUTHENTICATION_SCHEME_BEARER, "", "t")),
        (basic("user:t"), {}, (pb.AUTHENTICATION_SCHEME_BASIC, "user", "t")),
        (basic(":t"), {}, (pb.AUTHENTICATION_SCHEME_BASIC, "", "t")),
        (basic("user:a:b"), {}, (pb.AUTHENTICATION_SCHEME_BASIC, "user", "a:b")),
    ],
)
def test_each_place_gives_its_scheme(
    headers: dict[str, str], query: dict[str, str], expected: tuple[int, str, str]
) -> None:
    assert presented(headers, query) == [expected]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Private-Token": ""},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic dXNlcjp0ü"},
        {"Authorization": "Basic"},
        {"Authorization": "Digest x"},
        basic("user:"),
        basic("no colon"),
    ],
)
def test_what_names_no_token_is_no_credential(headers: dict[str, str]) -> None:
    assert presented(headers) == []


def test_all_credentials_are_sent_in_the_order_of_their_schemes() -> None:
    headers = {**basic("user:e"), "Deploy-Token": "c", "Private-Token": "b", "Job-Token": "a"}
    assert [scheme for scheme, _, _ in presented(headers)] == [
        pb.AUTHENTICATION_SCHEME_JOB_TOKEN,
        pb.AUTHENTICATION_SCHEME_PRIVATE_TOKEN,
        pb.AUTHENTICATION_SCHEME_DEPLOY_TOKEN,
        pb.AUTHENTICATION_SCHEME_BASIC,
    ]


def test_an_overlong_secret_stays_within_the_contract() -> None:
    ((_, _, secret),) = presented({"Private-Token": "ä" * 2000})
    assert 0 < len(secret.encode()) <= 1024
