"""How large a file a project takes."""

import pytest

from tests.support.storage import ANONYMOUS, Registry, at, ending, outcome, parts

REGISTRYS_OWN = 5 * 1024**3


def limit(registry: Registry, project: int, maximum: int | None) -> int:
    return int(registry.ask("UpdatePackageLimits", project=str(project), maximum_file_bytes=maximum).maximum_file_bytes)


def known(registry: Registry, project: int) -> int:
    return int(registry.ask("GetPackageLimits", project=str(project)).maximum_file_bytes)


def test_a_limit_is_read_as_it_was_changed(registry: Registry, project: int) -> None:
    assert known(registry, project) == REGISTRYS_OWN
    assert limit(registry, project, 10) == known(registry, project) == 10
    assert limit(registry, project, 2**62) == known(registry, project) == 2**62
    assert limit(registry, project, None) == known(registry, project) == REGISTRYS_OWN


def test_a_file_over_the_projects_limit_is_refused_however_it_comes(registry: Registry) -> None:
    limited, other = registry.project().id, registry.project().id
    limit(registry, limited, 10)
    registry.publish(at(limited), b"x" * 10)
    registry.publish(at(other), b"x" * 11)
    assert ending(lambda: registry.publish(at(limited), b"x" * 11)) == "FILE_TOO_LARGE"
    assert ending(lambda: registry.begin(at(limited), declared_size=11)) == "FILE_TOO_LARGE"
    begun = registry.begin(at(limited))
    assert begun.maximum_bytes == 10
    assert outcome(registry.content.UploadContent, parts(begun.upload_id, b"x" * 11)) == "FILE_TOO_LARGE"


def test_a_limit_that_shrinks_meanwhile_ends_an_upload(registry: Registry) -> None:
    project, content = registry.project().id, b"x" * 100
    begun = registry.begin(at(project))
    registry.send(begun.upload_id, content)
    limit(registry, project, 99)
    assert ending(lambda: registry.commit(begun.upload_id, content)) == "FILE_TOO_LARGE"
    limit(registry, project, 100)
    registry.publish_large(at(project), content)


@pytest.mark.parametrize("maximum", [0, -1])
def test_a_limit_that_no_file_meets_is_refused(registry: Registry, project: int, maximum: int) -> None:
    assert ending(lambda: limit(registry, project, maximum)) == "PARAMETER_INVALID"


def test_limits_are_changed_by_administrators_alone(registry: Registry, project: int) -> None:
    for credentials, refusal in (
        (ANONYMOUS, "CREDENTIAL_INVALID"),
        (registry.member(project, 50), "ROLE_INSUFFICIENT"),
        (registry.deploy_token(project, "write_package_registry"), "ROLE_INSUFFICIENT"),
        (registry.member(project, 50, scopes=["read_api"]), "SCOPE_INSUFFICIENT"),
    ):
        assert (
            registry.outcome("UpdatePackageLimits", by=credentials, project=str(project), maximum_file_bytes=1)
            == refusal
        )
    assert known(registry, project) == REGISTRYS_OWN
