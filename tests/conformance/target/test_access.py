"""Credentials in every carriage, and what a target file cannot give."""

from collections.abc import Callable

import pytest

from conformance.target.access import Area, Carriage, Credential, Project, Role, Unavailable, Visibility
from conformance.target.declared import DeclaredAccess
from conformance.transport.recorder import Recorder

TOKEN = Credential("TOKEN", "glpat-a+token/", Carriage.PRIVATE_TOKEN)
PROJECT = Project(24, "group/open", Visibility.PUBLIC)
DECLARED = DeclaredAccess(
    prefix="run", writer=TOKEN, projects={Visibility.PUBLIC: PROJECT}, credentials={}, recorder=Recorder()
)


@pytest.mark.parametrize(
    ("carriage", "headers", "parameter"),
    [
        (Carriage.PRIVATE_TOKEN, (("PRIVATE-TOKEN", "glpat-a+token/"),), ""),
        (Carriage.JOB_TOKEN, (("JOB-TOKEN", "glpat-a+token/"),), ""),
        (Carriage.BEARER, (("Authorization", "Bearer glpat-a+token/"),), ""),
        (Carriage.BASIC, (("Authorization", "Basic c29tZWJvZHk6Z2xwYXQtYSt0b2tlbi8="),), ""),
        (Carriage.PRIVATE_TOKEN_PARAMETER, (), "private_token=glpat-a%2Btoken%2F"),
        (Carriage.JOB_TOKEN_PARAMETER, (), "job_token=glpat-a%2Btoken%2F"),
    ],
)
def test_a_token_travels_in_a_header_or_in_the_query(
    carriage: Carriage, headers: tuple[tuple[str, str], ...], parameter: str
) -> None:
    carried = TOKEN.carried(carriage, "somebody")
    assert (carried.headers(), carried.parameter()) == (headers, parameter)


@pytest.mark.parametrize(
    ("role", "carriage"),
    [
        (Role.GUEST, Carriage.PRIVATE_TOKEN),
        (Role.DEPLOY_READ, Carriage.DEPLOY_TOKEN),
        (Role.GROUP_DEPLOY, Carriage.DEPLOY_TOKEN),
        (Role.USER_OWNER, Carriage.PRIVATE_TOKEN),
        (Role.JOB_OWNER, Carriage.JOB_TOKEN),
    ],
)
def test_each_role_has_its_header(role: Role, carriage: Carriage) -> None:
    assert role.carriage is carriage


@pytest.mark.parametrize(
    ("asking", "words"),
    [
        (lambda: DECLARED.project(Visibility.PRIVATE), "no private project"),
        (lambda: DECLARED.credential(Role.JOB_OWNER, Visibility.PUBLIC), "no job-owner token for the public project"),
        (lambda: DECLARED.revocable(Role.GROUP, Visibility.PUBLIC), "not the suite's to revoke"),
        (lambda: DECLARED.area("lists"), "no group in which to make a group/lists"),
        (lambda: DECLARED.member_of(Area(1, "group", PROJECT), 40), "no member of group with the access level 40"),
        (DECLARED.elsewhere, "no third project"),
        (lambda: DECLARED.runner(PROJECT), "no runner of group/open"),
        (lambda: DECLARED.request_job(PROJECT), "no runner of group/open"),
        (lambda: DECLARED.pipeline(PROJECT), "nobody who starts pipelines in group/open"),
        (lambda: DECLARED.job(PROJECT), "no runner of group/open"),
    ],
)
def test_what_a_target_file_cannot_give_is_a_reason(asking: Callable[[], object], words: str) -> None:
    with pytest.raises(Unavailable, match=words):
        asking()
