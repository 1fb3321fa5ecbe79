"""The rules of a project: making, listing, changing and deleting them."""

from conformance.checks.packages_api import entries, packages_of_another
from conformance.checks.protection import MAINTAINER, make_rule, rules_of
from conformance.judging.binding import judges
from conformance.judging.expectations import Evaluator
from conformance.target.access import Actor
from conformance.target.registry import Registry

UNKNOWN_ID = 999_999_999


@judges("protection.rule-can-be-made")
def test_rule_can_be_made(registry: Registry, expect: Evaluator) -> None:
    """A maintainer protects a package name: the rule comes back with an id."""
    name = registry.location().package
    response = make_rule(registry, name, actor=Actor.MAINTAINER)
    expect(response).status(201)
    wanted = {
        "package_name_pattern": name,
        "package_type": "generic",
        "minimum_access_level_for_push": MAINTAINER,
    }
    found = {key: response.key(key) for key in wanted}
    holds = found == wanted and isinstance(response.key("id"), int)
    expect.that("rule", holds=holds, expected=f"{wanted} with an id", actual=repr(response.json()), response=response)


@judges("protection.rules-are-listed")
def test_rules_are_listed(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A rule is made and the rules are listed: its id is among them."""
    made = make_rule(registry, registry.location().package)
    control(made, "made").status(201)
    response = registry.call("GET", rules_of(registry), query="per_page=100")
    ids = [entry.get("id") for entry in entries(response) or []]
    expect.that("ids", holds=made.key("id") in ids, expected=f"{made.key('id')}", actual=f"{ids}", response=response)


@judges("protection.developer-may-not-make-rules")
def test_developer_may_not_make_rules(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A developer makes a rule: 403, where a maintainer may.

    The names differ, because a name has one rule at most.
    """
    response = make_rule(registry, registry.location().package, actor=Actor.DEVELOPER)
    control(make_rule(registry, registry.location().package, actor=Actor.MAINTAINER), "maintainer").status(201)
    expect(response).status(403)


@judges("protection.illegal-level-is-refused")
def test_illegal_level_is_refused(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A rule is made with a level that there is not: refused, where a legal level is accepted."""
    name = registry.location().package
    response = make_rule(registry, name, level="emperor")
    control(make_rule(registry, name), "legal").status(201)
    expect(response).status(400, 422)


@judges("protection.same-pattern-twice-is-422")
def test_same_pattern_twice_is_422(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A maintainer makes a rule twice, the second time with another level: the name has a rule, 422."""
    name = registry.location().package
    control(make_rule(registry, name), "first").status(201)
    expect(make_rule(registry, name, level="owner")).status(422)


@judges("protection.unknown-type-is-400")
def test_unknown_type_is_400(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A rule is made for a type of package that there is not: 400, where a legal type is accepted."""
    name = registry.location().package
    response = make_rule(registry, name, package_type="parcel")
    control(make_rule(registry, name), "legal").status(201)
    expect(response).status(400)


@judges("protection.developer-may-not-list-rules")
def test_developer_may_not_list_rules(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A developer asks for the rules of a project: 403, where a maintainer is shown them."""
    usual = registry.access.usual
    maintainer, developer = (registry.access.credential(one, usual) for one in (Actor.MAINTAINER, Actor.DEVELOPER))
    control(registry.call("GET", rules_of(registry), credential=maintainer), "maintainer").status(200)
    expect(registry.call("GET", rules_of(registry), credential=developer)).status(403)


@judges("protection.rule-can-be-changed")
def test_rule_can_be_changed(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A maintainer changes the pattern of a rule and nothing else: the rule comes back with it and its own level."""
    made = make_rule(registry, registry.location().package)
    control(made, "made").status(201)
    name, identifier = registry.location().package, made.key("id")
    response = registry.call("PATCH", f"{rules_of(registry)}/{identifier}", document={"package_name_pattern": name})
    expect(response).status(200)
    wanted = {"id": identifier, "package_name_pattern": name, "minimum_access_level_for_push": MAINTAINER}
    found = {key: response.key(key) for key in wanted}
    expect.that("rule", holds=found == wanted, expected=repr(wanted), actual=repr(found), response=response)


@judges("protection.unknown-rule-is-404")
def test_unknown_rule_is_404(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A maintainer changes and deletes a rule id that nobody has: 404, where one that exists is deleted."""
    made = make_rule(registry, registry.location().package)
    control(made, "made").status(201)
    unknown, change = f"{rules_of(registry)}/{UNKNOWN_ID}", {"package_name_pattern": registry.location().package}
    responses = registry.call("PATCH", unknown, document=change), registry.call("DELETE", unknown)
    control(registry.call("DELETE", f"{rules_of(registry)}/{made.key('id')}"), "known").status(204)
    for name, response in zip(("changed", "deleted"), responses, strict=True):
        expect(response, name).status(404)


@judges("protection.rule-of-another-project-is-404")
def test_rule_of_another_project_is_404(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Somebody who maintains two projects changes and deletes a rule of one under the other's address: 404.

    Afterwards the rule is there to be deleted.
    """
    made = make_rule(registry, registry.location().package)
    control(made, "made").status(201)
    other = f"{packages_of_another(registry)}/protection/rules"
    change = {"package_name_pattern": registry.location().package}
    foreign = f"{other}/{made.key('id')}"
    responses = registry.call("PATCH", foreign, document=change), registry.call("DELETE", foreign)
    control(registry.call("DELETE", f"{rules_of(registry)}/{made.key('id')}"), "own").status(204)
    for name, response in zip(("changed", "deleted"), responses, strict=True):
        expect(response, name).status(404)
