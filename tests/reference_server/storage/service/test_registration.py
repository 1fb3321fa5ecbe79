"""Runners that register by a token, which they do where users create none yet, and may do later."""

import pytest

from tests.support.storage import Registry, in_group, in_project
from tests.support.storage_users import new_pipeline, person, register_runner


@pytest.mark.parametrize("of", ["project", "group"])
def test_a_registered_runner_takes_the_jobs_of_its_place(either: Registry, of: str) -> None:
    group = either.group()
    project = either.project(group=group.id).id
    token = register_runner(either, in_project(project) if of == "project" else in_group(group.id))
    new_pipeline(either, project, person(either, administrator=True).credentials)
    assert either.ask("RequestJob", runner_token=token).job.pipeline.project_id == project


def test_users_create_runners_from_15_11_on(either: Registry) -> None:
    expected = "NOT_IN_VERSION" if either.gitlab == "15.0" else "OK"
    assert either.outcome("CreateRunner", type="RUNNER_TYPE_INSTANCE") == expected


def test_a_new_registration_token_ends_the_one_before(registry: Registry) -> None:
    place = in_project(registry.project().id)
    first, second = (registry.ask("ResetRegistrationToken", place=place).token for _ in range(2))
    assert registry.outcome("RegisterRunner", registration_token=first) == "ROLE_INSUFFICIENT"
    assert registry.outcome("RegisterRunner", registration_token=second) == "OK"


def test_a_registration_token_is_the_maintainers_business_and_kept_nowhere(registry: Registry) -> None:
    project = registry.project().id
    place = in_project(project)
    developer = registry.member(project, 30)
    assert registry.outcome("ResetRegistrationToken", by=developer, place=place) == "ROLE_INSUFFICIENT"
    token = registry.ask("ResetRegistrationToken", by=registry.member(project, 40), place=place).token
    kept = b"".join(path.read_bytes() for path in registry.data.glob("metadata.sqlite3*"))
    assert token.encode() not in kept


def test_no_other_token_registers_a_runner(registry: Registry) -> None:
    token = registry.access_token(registry.project().id).secret
    for secret in ("", "glreg-nobody", token):
        assert registry.outcome("RegisterRunner", registration_token=secret) == "ROLE_INSUFFICIENT"
