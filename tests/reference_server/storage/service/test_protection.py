"""Package protection rules: making them, and what they keep whom from."""

from collections.abc import Sequence
from functools import partial

import pytest
from generic_packages.storage.v1 import packages_pb2
from generic_packages.storage.v1 import protection_pb2 as pb
from generic_packages.storage.v1.credential_pb2 import Credential

from tests.support.storage import ANONYMOUS, Registry, at, ending, refusal

DEVELOPER, MAINTAINER, OWNER = 30, 40, 50


FIELDS = {
    "pattern": "package_name_pattern",
    "push": "minimum_access_level_for_push",
    "delete": "minimum_access_level_for_delete",
    "package_type": "package_type",
}


def fields(**said: str | None) -> dict[str, str]:
    """Name the fields of a rule as the contract does; None for one that is left out."""
    rule = {"pattern": "tool", "push": "maintainer", "package_type": "generic"} | said
    return {FIELDS[name]: value for name, value in rule.items() if value is not None}


def make(registry: Registry, project: int, **said: str | None) -> pb.ProtectionRule:
    made: pb.ProtectionRule = registry.ask("CreateProtectionRule", project=str(project), **fields(**said)).rule
    return made


def rules(registry: Registry, project: int, **page: int) -> pb.ListProtectionRulesResponse:
    listed: pb.ListProtectionRulesResponse = registry.ask("ListProtectionRules", project=str(project), **page)
    return listed


def publishing(registry: Registry, project: int, by: Sequence[Credential], name: str = "tool") -> str:
    where = at(project, name=name)
    ends = {registry.outcome(call, by=by, coordinates=where) for call in ("publish", "begin_publication")}
    assert len(ends) == 1
    return ends.pop()


def test_rules_are_listed_as_they_were_made(registry: Registry, project: int) -> None:
    made = [make(registry, project, pattern=f"tool-{number}") for number in range(3)]
    assert made[0] == pb.ProtectionRule(
        id=made[0].id,
        project_id=project,
        package_name_pattern="tool-0",
        package_type="generic",
        minimum_access_level_for_push="maintainer",
    )
    assert rules(registry, project) == pb.ListProtectionRulesResponse(rules=made, page=1, per_page=20, total=3)
    assert list(rules(registry, project, page=2, per_page=2).rules) == made[2:]
    assert not rules(registry, registry.project().id).rules


def test_a_rule_is_changed_field_by_field(registry: Registry, project: int) -> None:
    rule = make(registry, project)
    change = partial(registry.ask, "UpdateProtectionRule", project=str(project), rule_id=rule.id)
    changed = change(package_name_pattern="other-*").rule
    assert (changed.package_name_pattern, changed.minimum_access_level_for_push) == ("other-*", "maintainer")
    changed = change(minimum_access_level_for_push="", minimum_access_level_for_delete="admin").rule
    assert not changed.HasField("minimum_access_level_for_push")
    assert changed.minimum_access_level_for_delete == "admin"
    assert list(rules(registry, project).rules) == [changed]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"pattern": None}, "PARAMETER_MISSING package_name_pattern"),
        ({"package_type": None}, "PARAMETER_MISSING package_type"),
        ({"package_type": "tar"}, "PARAMETER_VALUE_UNKNOWN package_type"),
        ({"push": "developer"}, "PARAMETER_VALUE_UNKNOWN minimum_access_level_for_push"),
        ({"delete": "maintainer"}, "PARAMETER_VALUE_UNKNOWN minimum_access_level_for_delete"),
        ({"pattern": "  "}, "Package name pattern can't be blank"),
        ({"pattern": "a" * 256}, "Package name pattern is too long (maximum is 255 characters)"),
        ({"push": None}, "A rule must have at least a minimum access role for push or delete."),
        ({"push": ""}, "A rule must have at least a minimum access role for push or delete."),
        ({"pattern": "taken"}, "Package name pattern has already been taken"),
    ],
)
def test_a_rule_that_may_not_be_so_is_refused(registry: Registry, said: dict[str, str | None], expected: str) -> None:
    project = registry.project().id
    make(registry, project, pattern="taken")
    failure = refusal(lambda: make(registry, project, **said))
    complaint = failure.metadata.get("complaint") or f"{failure.reason} {failure.metadata['parameter']}"
    assert complaint == expected
    assert rules(registry, project).total == 1


def test_a_rule_cannot_be_changed_into_one_that_may_not_be_so(registry: Registry, project: int) -> None:
    make(registry, project, pattern="taken")
    rule = make(registry, project)
    change = partial(registry.outcome, "UpdateProtectionRule", project=str(project), rule_id=rule.id)
    assert change(package_name_pattern="taken") == "PROTECTION_RULE_INVALID"
    assert change(minimum_access_level_for_push="") == "PROTECTION_RULE_INVALID"
    assert change(package_name_pattern="tool") == "OK"


def test_a_rule_of_another_project_is_not_found(registry: Registry) -> None:
    rule = make(registry, registry.project().id)
    for project, number in ((registry.project().id, rule.id), (rule.project_id, 2**62)):
        for call in ("UpdateProtectionRule", "DeleteProtectionRule"):
            assert registry.outcome(call, project=str(project), rule_id=number) == "PROTECTION_RULE_NOT_FOUND"


def test_rules_are_for_maintainers(registry: Registry) -> None:
    project, private = registry.project().id, registry.project("PRIVATE").id
    for credentials, where, expected in (
        (ANONYMOUS, project, "CREDENTIAL_INVALID"),
        (registry.deploy_token(project, "write_package_registry"), project, "ROLE_INSUFFICIENT"),
        (registry.member(project, DEVELOPER), project, "ROLE_INSUFFICIENT"),
        (registry.member(project, MAINTAINER, scopes=["read_api"]), project, "SCOPE_INSUFFICIENT"),
        (registry.member(project, OWNER), private, "PROJECT_NOT_FOUND"),
        (registry.member(project, MAINTAINER), project, "OK"),
    ):
        assert registry.outcome("CreateProtectionRule", by=credentials, project=str(where), **fields()) == expected
    developer = registry.member(project, DEVELOPER)
    assert registry.outcome("ListProtectionRules", by=developer, project=str(project)) == "ROLE_INSUFFICIENT"


@pytest.mark.parametrize("call", ["List", "Create", "Update", "Delete"])
def test_the_earlier_edition_knows_no_rules(registry_15: Registry, call: str) -> None:
    name = f"{call}ProtectionRule" + "s" * (call == "List")
    assert registry_15.outcome(name, by=ANONYMOUS, project=str(registry_15.project().id)) == "NOT_IN_EDITION"


@pytest.mark.parametrize(
    ("needed", "publishes"),
    [("maintainer", [MAINTAINER, OWNER, "root"]), ("owner", [OWNER, "root"]), ("admin", ["root"])],
)
def test_a_rule_keeps_lower_roles_from_publishing(registry: Registry, needed: str, publishes: list[int | str]) -> None:
    project = registry.project().id
    make(registry, project, push=needed)
    callers = {level: registry.member(project, level) for level in (DEVELOPER, MAINTAINER, OWNER)}
    seen = {level: publishing(registry, project, caller) for level, caller in callers.items()}
    seen["root"] = publishing(registry, project, registry.root)  # type: ignore[index]  # beside the roles
    assert seen == {level: "OK" if level in publishes else "PACKAGE_PROTECTED" for level in seen}


def test_no_deploy_token_passes_a_rule(registry: Registry, project: int) -> None:
    token = registry.deploy_token(project, "write_package_registry", "read_package_registry")
    make(registry, project)
    assert publishing(registry, project, token) == "PACKAGE_PROTECTED"
    assert publishing(registry, project, token, "other") == "OK"


def test_of_several_rules_the_strictest_counts(registry: Registry, project: int) -> None:
    maintainer = registry.member(project, MAINTAINER)
    make(registry, project, pattern="to*")
    assert publishing(registry, project, maintainer) == "OK"
    strict = make(registry, project, pattern="*ol", push="owner")
    assert publishing(registry, project, maintainer) == "PACKAGE_PROTECTED"
    registry.ask("DeleteProtectionRule", project=str(project), rule_id=strict.id)
    assert publishing(registry, project, maintainer) == "OK"


def test_a_rule_for_another_package_type_protects_nothing(registry: Registry, project: int) -> None:
    make(registry, project, package_type="npm", push="admin", delete="admin")
    assert publishing(registry, project, registry.member(project, DEVELOPER)) == "OK"


def test_a_rule_about_deleting_leaves_publishing_free(registry: Registry, project: int) -> None:
    make(registry, project, push=None, delete="owner")
    assert publishing(registry, project, registry.member(project, DEVELOPER)) == "OK"


def test_a_rule_keeps_lower_roles_from_deleting(registry: Registry, project: int) -> None:
    row, other = registry.publish(at(project)), registry.publish(at(project, name="other"))
    make(registry, project, push=None, delete="owner")
    maintainer, owner = registry.member(project, MAINTAINER), registry.member(project, OWNER)

    def deleting(by: Sequence[Credential], file: packages_pb2.PackageFile) -> tuple[str, str]:
        delete = partial(registry.outcome, by=by, project=str(project), package_id=file.package_id)
        return delete("DeletePackageFile", package_file_id=file.id), delete("DeletePackage")

    assert deleting(maintainer, row) == ("PACKAGE_DELETION_PROTECTED", "PACKAGE_DELETION_PROTECTED")
    assert deleting(maintainer, other) == ("OK", "OK")
    assert registry.read(at(project)) == b"content"
    assert deleting(owner, row) == ("OK", "OK")


def test_a_large_file_that_a_rule_comes_to_protect_meanwhile_is_refused(registry: Registry) -> None:
    project, content = registry.project().id, b"x" * 100_000
    begun = registry.begin(at(project), by=registry.member(project, DEVELOPER))
    registry.send(begun.upload_id, content)
    make(registry, project)
    assert ending(lambda: registry.commit(begun.upload_id, content)) == "PACKAGE_PROTECTED"


def test_a_projects_rules_go_with_it(registry: Registry, project: int) -> None:
    make(registry, project)
    assert registry.outcome("DeleteProject", project=str(project)) == "OK"
