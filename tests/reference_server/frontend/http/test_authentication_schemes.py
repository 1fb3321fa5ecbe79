"""Every place that a credential may be put in, and what counts when several are there."""

import base64
from dataclasses import dataclass
from urllib.parse import quote

import pytest

from tests.support.front_end import Served
from tests.support.rest_jobs import run_job
from tests.support.rest_packages import new_project
from tests.support.rest_users import new_person, new_token

ACCESS = ["PRIVATE-TOKEN", "Bearer", "?private_token", "Basic"]
DEPLOY = ["DEPLOY-TOKEN", "Bearer", "Basic"]
JOB = ["JOB-TOKEN", "?job_token", "Basic gitlab-ci-token"]
ALL = sorted({*ACCESS, *DEPLOY, *JOB})


@dataclass(frozen=True, slots=True)
class Presented:
    headers: dict[str, str]
    query: str = ""


def carried(scheme: str, token: str) -> Presented:
    if scheme.startswith("?"):
        return Presented({}, f"{scheme}={quote(token)}")
    if scheme == "Bearer":
        return Presented({"Authorization": f"Bearer {token}"})
    if scheme.startswith("Basic"):
        user = scheme.partition(" ")[2] or "anyone"
        return Presented({"Authorization": f"Basic {base64.b64encode(f'{user}:{token}'.encode()).decode()}"})
    return Presented({scheme: token})


@dataclass(frozen=True, slots=True)
class Tokens:
    """Valid tokens of each kind, and where a file of their private project is."""

    file: str
    access: str
    reader: str
    deploy: str
    job: str


@pytest.fixture(scope="session")
def tokens(front_end: Served) -> Tokens:
    project = new_project(front_end)
    project.publish("one", file_name="file")
    person = new_person(front_end)
    front_end.post(f"/projects/{project.id}/members", {"user_id": person.id, "access_level": 30})
    deploy = {"name": "d", "scopes": ["read_package_registry", "write_package_registry"]}
    return Tokens(
        file=f"/api/v4{project.packages}/generic/one/1.0/file",
        access=person.token,
        reader=new_token(front_end, person.id, "read_api"),
        deploy=str(front_end.post(f"/projects/{project.id}/deploy_tokens", deploy).json()["token"]),
        job=run_job(front_end, project.id).token,
    )


def status(front_end: Served, method: str, target: str, *presented: Presented) -> int:
    headers = {name: value for one in presented for name, value in one.headers.items()}
    query = "&".join(one.query.removeprefix("?") for one in presented if one.query)
    body = b"x" if method == "PUT" else None
    return front_end.send(method, f"{target}?{query}", body, headers, token="").status


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize("scheme", ALL)
@pytest.mark.parametrize(("kind", "accepted"), [("access", ACCESS), ("deploy", DEPLOY), ("job", JOB)])
def test_each_kind_of_token_has_its_places(
    front_end: Served, tokens: Tokens, kind: str, accepted: list[str], scheme: str, method: str
) -> None:
    expected = {"GET": 200, "PUT": 201}[method]
    given = status(front_end, method, tokens.file, carried(scheme, getattr(tokens, kind)))
    anyones_password = kind in {"access", "deploy"} and scheme.startswith("Basic")
    assert given == (expected if scheme in accepted or anyones_password else 401)


@pytest.mark.parametrize("scheme", ACCESS)
def test_rest_takes_access_tokens_in_every_place(front_end: Served, tokens: Tokens, scheme: str) -> None:
    assert status(front_end, "GET", "/api/v4/user", carried(scheme, tokens.access)) == 200


@pytest.mark.parametrize(("kind", "scheme"), [("deploy", "DEPLOY-TOKEN"), ("job", "JOB-TOKEN")])
def test_only_packages_take_tokens_that_are_no_users(front_end: Served, tokens: Tokens, kind: str, scheme: str) -> None:
    assert status(front_end, "GET", "/api/v4/user", carried(scheme, getattr(tokens, kind))) == 401
    listed = tokens.file.partition("/generic")[0]
    assert status(front_end, "GET", listed, carried(scheme, getattr(tokens, kind))) == 200


ORDER = ["JOB-TOKEN", "PRIVATE-TOKEN", "DEPLOY-TOKEN", "Bearer"]
KINDS = {"JOB-TOKEN": "job", "PRIVATE-TOKEN": "access", "DEPLOY-TOKEN": "deploy", "Bearer": "access"}
PAIRS = [(first, second) for index, first in enumerate(ORDER) for second in ORDER[index + 1 :]]


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_of_two_credentials_the_first_decides_alone(
    front_end: Served, tokens: Tokens, first: str, second: str, method: str
) -> None:
    good, bad = getattr(tokens, KINDS[first]), getattr(tokens, KINDS[second])
    passing, failing = carried(first, good), carried(second, "wrong")
    assert status(front_end, method, tokens.file, passing, failing) == {"GET": 200, "PUT": 201}[method]
    assert status(front_end, method, tokens.file, carried(first, "wrong"), carried(second, bad)) == 401


def test_a_header_counts_before_its_parameter(front_end: Served, tokens: Tokens) -> None:
    header, parameter = carried("PRIVATE-TOKEN", tokens.access), carried("?private_token", "wrong")
    assert status(front_end, "GET", tokens.file, header, parameter) == 200
    header, parameter = carried("PRIVATE-TOKEN", "wrong"), carried("?private_token", tokens.access)
    assert status(front_end, "GET", tokens.file, header, parameter) == 401


def test_the_first_decides_also_by_its_scope(front_end: Served, tokens: Tokens) -> None:
    reader, writer = carried("PRIVATE-TOKEN", tokens.reader), carried("Basic", tokens.access)
    assert status(front_end, "PUT", tokens.file, reader, writer) == 403


def test_basic_that_names_no_token_is_no_credential(front_end: Served, tokens: Tokens) -> None:
    public = new_project(front_end, "public")
    public.publish("one", file_name="file")
    file = f"/api/v4{public.packages}/generic/one/1.0/file"
    assert status(front_end, "GET", file, carried("Basic", "wrong")) == status(front_end, "GET", file) == 200
    assert status(front_end, "GET", file, carried("PRIVATE-TOKEN", "wrong")) == 401
    assert status(front_end, "GET", tokens.file, carried("Basic", "wrong")) == 401
