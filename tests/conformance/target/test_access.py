"""Credentials in every authentication scheme, and what a target file cannot give."""

from collections.abc import Callable

import pytest

from conformance.target.access import (
    Actor,
    AuthenticationScheme,
    Credential,
    Subgroup,
    TargetProject,
    Unavailable,
    Visibility,
)
from conformance.target.declared_access import DeclaredAccess
from conformance.transport.recorder import Recorder

TOKEN = Credential("TOKEN", "glpat-a+token/", AuthenticationScheme.PRIVATE_TOKEN)
PROJECT = TargetProject(24, "group/open", Visibility.PUBLIC)
DECLARED = DeclaredAccess(
    prefix="run", writer=TOKEN, projects={Visibility.PUBLIC: PROJECT}, credentials={}, recorder=Recorder()
)


@pytest.mark.parametrize(
    ("scheme", "headers", "parameter"),
    [
        (AuthenticationScheme.PRIVATE_TOKEN, (("PRIVATE-TOKEN", "glpat-a+token/"),), ""),
        (AuthenticationScheme.JOB_TOKEN, (("JOB-TOKEN", "glpat-a+token/"),), ""),
        (AuthenticationScheme.BEARER, (("Authorization", "Bearer glpat-a+token/"),), ""),
        (AuthenticationScheme.BASIC, (("Authorization", "Basic c29tZWJvZHk6Z2xwYXQtYSt0b2tlbi8="),), ""),
        (AuthenticationScheme.PRIVATE_TOKEN_PARAMETER, (), "private_token=glpat-a%2Btoken%2F"),
        (AuthenticationScheme.JOB_TOKEN_PARAMETER, (), "job_token=glpat-a%2Btoken%2F"),
    ],
)
def test_a_token_travels_in_a_header_or_in_the_query(
    scheme: AuthenticationScheme, headers: tuple[tuple[str, str], ...], parameter: str
) -> None:
    with_scheme = TOKEN.with_scheme(scheme, "somebody")
    assert (with_scheme.headers(), with_scheme.parameter()) == (headers, parameter)


@pytest.mark.parametrize(
    ("actor", "scheme"),
    [
        (Actor.GUEST, AuthenticationScheme.PRIVATE_TOKEN),
        (Actor.DEPLOY_READ, AuthenticationScheme.DEPLOY_TOKEN),
        (Actor.GROUP_DEPLOY, AuthenticationScheme.DEPLOY_TOKEN),
        (Actor.USER_OWNER, AuthenticationScheme.PRIVATE_TOKEN),
        (Actor.JOB_OWNER, AuthenticationScheme.JOB_TOKEN),
    ],
)
def test_each_role_has_its_header(actor: Actor, scheme: AuthenticationScheme) -> None:
    assert actor.scheme is scheme


@pytest.mark.parametrize(
    ("asking", "words"),
    [
        (lambda: DECLARED.project(Visibility.PRIVATE), "no private project"),
        (lambda: DECLARED.credential(Actor.JOB_OWNER, Visibility.PUBLIC), "no job-owner token for the public project"),
        (lambda: DECLARED.revocable(Actor.GROUP, Visibility.PUBLIC), "not the suite's to revoke"),
        (lambda: DECLARED.subgroup("lists"), "no group in which to make a group/lists"),
        (lambda: DECLARED.member_of(Subgroup(1, "group", PROJECT), 40), "no member of group with the access level 40"),
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
