"""Package protection rules: making them, and what they keep whom from."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from generic_packages.storage.v1 import identity_pb2, packages_pb2
from generic_packages.storage.v1 import protection_pb2 as pb
from generic_packages.storage.v1.credential_pb2 import Credential

from tests.support.storage import ANONYMOUS, SECONDS, Registry, at, ending, outcome, refusal

DEVELOPER, MAINTAINER, OWNER = 30, 40, 50


def wanted(
    project: int,
    by: Sequence[Credential],
    pattern: str | None = "tool",
    push: str | None = "maintainer",
    delete: str | None = None,
    package_type: str | None = "generic",
) -> pb.CreateProtectionRuleRequest:
    """Ask for a rule."""
    return pb.CreateProtectionRuleRequest(
        credentials=by,
        project=str(project),
        package_name_pattern=pattern,
        package_type=package_type,
        minimum_access_level_for_push=push,
        minimum_access_level_for_delete=delete,
    )


def make(
    registry: Registry, project: int, pattern: str = "tool", push: str | None = "maintainer", delete: str | None = None
) -> pb.ProtectionRule:
    """Make a rule."""
    request = wanted(project, registry.root, pattern, push, delete)
    return registry.protection.CreateProtectionRule(request, timeout=SECONDS).rule


def change(registry: Registry, project: int, rule_id: int, **fields: str) -> pb.UpdateProtectionRuleRequest:
    """Ask to change a rule."""
    return pb.UpdateProtectionRuleRequest(credentials=registry.root, project=str(project), rule_id=rule_id, **fields)


def remove(registry: Registry, project: int, rule_id: int) -> pb.DeleteProtectionRuleRequest:
    """Ask to delete a rule."""
    return pb.DeleteProtectionRuleRequest(credentials=registry.root, project=str(project), rule_id=rule_id)


def rules(registry: Registry, project: int, **page: int) -> pb.ListProtectionRulesResponse:
    """List rules."""
    request = pb.ListProtectionRulesRequest(credentials=registry.root, project=str(project), **page)
    return registry.protection.ListProtectionRules(request, timeout=SECONDS)


def publishing(registry: Registry, project: int, by: Sequence[Credential], name: str = "tool") -> str:
    """Publish, at once and in steps, and say how both ended."""
    values = {"credentials": by, "coordinates": at(project, name=name)}
    ends = {
        outcome(registry.operations.publish, packages_pb2.PublishRequest(**values, content=b"x")),
        outcome(registry.operations.begin_publication, packages_pb2.BeginPublicationRequest(**values)),
    }
    assert len(ends) == 1
    return ends.pop()


def test_rules_are_listed_as_they_were_made(registry: Registry) -> None:
    project = registry.project().id
    made = [make(registry, project, f"tool-{number}") for number in range(3)]
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


def test_a_rule_is_changed_field_by_field(registry: Registry) -> None:
    project = registry.project().id
    rule = make(registry, project)
    update = registry.protection.UpdateProtectionRule
    changed = update(change(registry, project, rule.id, package_name_pattern="other-*"), timeout=SECONDS).rule
    assert (changed.package_name_pattern, changed.minimum_access_level_for_push) == ("other-*", "maintainer")
    levels = {"minimum_access_level_for_push": "", "minimum_access_level_for_delete": "admin"}
    changed = update(change(registry, project, rule.id, **levels), timeout=SECONDS).rule
    assert not changed.HasField("minimum_access_level_for_push")
    assert changed.minimum_access_level_for_delete == "admin"
    assert list(rules(registry, project).rules) == [changed]


def complaint(registry: Registry, request: pb.CreateProtectionRuleRequest) -> str:
    """Say why a rule may not be so."""
    failure = refusal(lambda: registry.protection.CreateProtectionRule(request, timeout=SECONDS))
    return failure.metadata.get("complaint") or f"{failure.reason} {failure.metadata['parameter']}"


@pytest.mark.parametrize(
    ("fields", "expected"),
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
def test_a_rule_that_may_not_be_so_is_refused(registry: Registry, fields: dict[str, str | None], expected: str) -> None:
    project = registry.project().id
    make(registry, project, "taken")
    assert complaint(registry, wanted(project, registry.root, **fields)) == expected
    assert rules(registry, project).total == 1


def test_a_rule_cannot_be_changed_into_one_that_may_not_be_so(registry: Registry) -> None:
    project = registry.project().id
    make(registry, project, "taken")
    rule = make(registry, project, "tool")
    for fields in ({"package_name_pattern": "taken"}, {"minimum_access_level_for_push": ""}):
        request = change(registry, project, rule.id, **fields)
        assert outcome(registry.protection.UpdateProtectionRule, request) == "PROTECTION_RULE_INVALID"
    same = change(registry, project, rule.id, package_name_pattern="tool")
    assert outcome(registry.protection.UpdateProtectionRule, same) == "OK"


def test_a_rule_of_another_project_is_not_found(registry: Registry) -> None:
    rule = make(registry, registry.project().id)
    other = registry.project().id
    service = registry.protection
    for project, number in ((other, rule.id), (rule.project_id, 2**62)):
        changed = change(registry, project, number, package_name_pattern="x")
        assert outcome(service.UpdateProtectionRule, changed) == "PROTECTION_RULE_NOT_FOUND"
        assert outcome(service.DeleteProtectionRule, remove(registry, project, number)) == "PROTECTION_RULE_NOT_FOUND"


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
        request = wanted(where, credentials)
        assert outcome(registry.protection.CreateProtectionRule, request) == expected


def test_the_earlier_edition_knows_no_rules(registry_15: Registry) -> None:
    project = registry_15.project().id
    assert outcome(registry_15.protection.CreateProtectionRule, wanted(project, ANONYMOUS)) == "NOT_IN_EDITION"
    listing = pb.ListProtectionRulesRequest(project=str(project))
    assert outcome(registry_15.protection.ListProtectionRules, listing) == "NOT_IN_EDITION"


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


def test_no_deploy_token_passes_a_rule(registry: Registry) -> None:
    project = registry.project().id
    token = registry.deploy_token(project, "write_package_registry", "read_package_registry")
    make(registry, project)
    assert publishing(registry, project, token) == "PACKAGE_PROTECTED"
    assert publishing(registry, project, token, "other") == "OK"


@pytest.mark.parametrize(
    ("pattern", "protected", "free"),
    [
        ("tool", ["tool", "TOOL"], ["tool-1", "my-tool", "too"]),
        ("tool*", ["tool", "tool-1"], ["my-tool"]),
        ("*-tool-*", ["my-tool-1", "-tool-"], ["my-tool", "tool-1"]),
        ("t.ol", ["t.ol"], ["tool"]),
        ("t+", ["t+"], ["tt"]),
        ("*", ["tool", "a"], []),
    ],
)
def test_a_pattern_is_about_whole_names(
    registry: Registry, pattern: str, protected: list[str], free: list[str]
) -> None:
    project = registry.project().id
    developer = registry.member(project, DEVELOPER)
    make(registry, project, pattern)
    ends = {name: publishing(registry, project, developer, name) for name in protected + free}
    assert ends == {name: "PACKAGE_PROTECTED" if name in protected else "OK" for name in ends}


def test_of_several_rules_the_strictest_counts(registry: Registry) -> None:
    project = registry.project().id
    maintainer = registry.member(project, MAINTAINER)
    make(registry, project, "to*", push="maintainer")
    assert publishing(registry, project, maintainer) == "OK"
    strict = make(registry, project, "*ol", push="owner")
    assert publishing(registry, project, maintainer) == "PACKAGE_PROTECTED"
    registry.protection.DeleteProtectionRule(remove(registry, project, strict.id), timeout=SECONDS)
    assert publishing(registry, project, maintainer) == "OK"


def test_a_rule_for_another_package_type_protects_nothing(registry: Registry) -> None:
    project = registry.project().id
    request = wanted(project, registry.root, package_type="npm", push="admin", delete="admin")
    registry.protection.CreateProtectionRule(request, timeout=SECONDS)
    assert publishing(registry, project, registry.member(project, DEVELOPER)) == "OK"


def test_a_rule_about_deleting_leaves_publishing_free(registry: Registry) -> None:
    project = registry.project().id
    make(registry, project, push=None, delete="owner")
    assert publishing(registry, project, registry.member(project, DEVELOPER)) == "OK"


def test_a_rule_keeps_lower_roles_from_deleting(registry: Registry) -> None:
    project = registry.project().id
    row, other = registry.publish(at(project)), registry.publish(at(project, name="other"))
    make(registry, project, push=None, delete="owner")
    maintainer, owner = registry.member(project, MAINTAINER), registry.member(project, OWNER)

    def deleting(by: Sequence[Credential], file: packages_pb2.PackageFile) -> tuple[str, str]:
        values = {"credentials": by, "project": str(project), "package_id": file.package_id}
        of_file = packages_pb2.DeletePackageFileRequest(**values, package_file_id=file.id)  # type: ignore[arg-type]
        of_package = packages_pb2.DeletePackageRequest(**values)  # type: ignore[arg-type]
        packages = registry.packages
        return outcome(packages.DeletePackageFile, of_file), outcome(packages.DeletePackage, of_package)

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


def test_a_projects_rules_go_with_it(registry: Registry) -> None:
    project = registry.project().id
    make(registry, project)
    request = identity_pb2.DeleteProjectRequest(credentials=registry.root, project=str(project))
    assert outcome(registry.identity.DeleteProject, request) == "OK"
