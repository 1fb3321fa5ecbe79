"""Protected packages: who may publish a package whose name a rule's pattern matches."""

from dataclasses import dataclass
from functools import partial

from conformance.checks.graphql import Policy, set_policy, was_set
from conformance.checks.protection import MAINTAINER, OWNER, make_rule, rules_of
from conformance.checks.steps import stored
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.access import Actor
from conformance.target.registry import FileLocation, Registry
from conformance.transport.response import Response, describe

DEVELOPER_LEVEL = 30


@dataclass(frozen=True, slots=True)
class Try:
    """A publish beside a rule: the role, the level of the rule, and the status."""

    actor: Actor
    level: str
    status: int


REFUSED = {
    "protection.lower-role-is-403": Try(Actor.DEVELOPER, MAINTAINER, 403),
    "protection.owner-level-refuses-maintainers": Try(Actor.MAINTAINER, OWNER, 403),
    "protection.deploy-token-is-403": Try(Actor.DEPLOY_WRITE, MAINTAINER, 403),
}


@judges_each(REFUSED)
def test_refused(case: Try, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes, its package is protected for a higher role, and it publishes again: 403."""
    location = registry.location()
    control(_publish(registry, location, case.actor), "before").status(201)
    control(make_rule(registry, location.package, case.level), "made").status(201)
    expect(_publish(registry, location, case.actor)).status(case.status)


@judges("protection.refusal-says-so")
def test_refusal_says_so(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A developer publishes a protected package: GitLab's words tell a rule from a lack of membership."""
    location = _protected(registry, control)
    response = _publish(registry, location, Actor.DEVELOPER)
    control(response, "refused").status(403)
    expect(response).key("message", lambda value: "Package protected" in str(value), "Package protected")


@judges("protection.refused-publish-leaves-nothing")
def test_refused_publish_leaves_nothing(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A developer publishes a protected package and is refused: there is no file where a maintainer's is seen."""
    location = _protected(registry, control)
    control(_publish(registry, location, Actor.DEVELOPER), "refused").status(403)
    absent = registry.download(location)
    control(_publish(registry, location, Actor.MAINTAINER), "published").status(201)
    control(registry.download(location), "visible").status(200)
    expect(absent, "afterwards").status(404)


@judges("protection.same-role-is-201")
def test_same_role_is_201(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A maintainer publishes a package that is protected for maintainers, and refused to developers: accepted."""
    location = _protected(registry, control)
    control(_publish(registry, location, Actor.DEVELOPER), "developer").status(403)
    expect(_publish(registry, location, Actor.MAINTAINER)).status(201)


@judges("protection.other-names-are-201")
def test_other_names_are_201(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A developer publishes a name that a pattern in force does not match: accepted."""
    location = _protected(registry, control, after="-*")
    control(_publish(registry, FileLocation(f"{location.package}-a"), Actor.DEVELOPER), "protected").status(403)
    expect(_publish(registry, FileLocation(f"{location.package}.a"), Actor.DEVELOPER)).status(201)


@judges("protection.pattern-matches-the-whole-name")
def test_pattern_matches_the_whole_name(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A developer publishes a name that begins with a protected one: accepted."""
    location = _protected(registry, control)
    control(_publish(registry, location, Actor.DEVELOPER), "protected").status(403)
    expect(_publish(registry, FileLocation(f"{location.package}-a"), Actor.DEVELOPER)).status(201)


@judges("protection.star-stands-for-anything")
def test_star_stands_for_anything(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A developer publishes names in which a star of the pattern stands for several characters, and for none: 403."""
    location = registry.location()
    control(_publish(registry, location, Actor.DEVELOPER), "before").status(201)
    control(make_rule(registry, f"{location.package}-*"), "made").status(201)
    expect(_publish(registry, FileLocation(f"{location.package}-a.b"), Actor.DEVELOPER), "several").status(403)
    expect(_publish(registry, FileLocation(f"{location.package}-"), Actor.DEVELOPER), "none").status(403)


@judges("protection.pattern-ignores-case")
def test_pattern_ignores_case(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A developer publishes a name that differs from a rule's pattern in case alone: 403."""
    location = registry.location()
    control(_publish(registry, location, Actor.DEVELOPER), "before").status(201)
    control(make_rule(registry, location.package.upper()), "made").status(201)
    expect(_publish(registry, location, Actor.DEVELOPER)).status(403)


@judges("protection.rule-outweighs-duplicate")
def test_rule_outweighs_duplicate(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Where duplicates are refused a developer publishes a protected one: 403, as if there were no other reason."""
    subgroup, location = registry.access.subgroup("protected"), registry.location()
    policy = set_policy(registry, subgroup.path, Policy(allowed=False), registry.access.writer)
    control.that("policy", holds=was_set(policy), expected="a policy", actual=describe(policy), response=policy)
    developer = registry.access.member_of(subgroup, DEVELOPER_LEVEL)
    file = stored(registry, control, location, project=subgroup.project, credential=developer)
    duplicate = partial(
        registry.publish, file.location, registry.content(), project=subgroup.project, credential=developer
    )
    control(duplicate(), "duplicate").status(400)
    control(make_rule(registry, location.package, project=subgroup.project), "made").status(201)
    expect(duplicate()).status(403)


@judges("protection.rule-does-not-protect-yet")
def test_rule_does_not_protect_yet(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A developer publishes a package with a rule, in a version that keeps rules and does not apply them."""
    expect(_publish(registry, _protected(registry, control), Actor.DEVELOPER)).status(201)


@judges("protection.download-stays-open")
def test_download_stays_open(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A developer, who may not publish a protected package, downloads it."""
    file = stored(registry, control)
    control(make_rule(registry, file.location.package), "made").status(201)
    token = registry.access.credential(Actor.DEVELOPER, registry.access.usual)
    control(_publish(registry, file.location, Actor.DEVELOPER), "refused").status(403)
    expect(registry.download(file.location, credential=token)).body(file.content)


@judges("protection.changed-rule-protects")
def test_changed_rule_protects(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A rule's pattern is changed from one package to another: a developer publishes the one and not the other."""
    before, after = registry.location(), registry.location()
    made = make_rule(registry, before.package)
    control(made, "made").status(201)
    control(_publish(registry, before, Actor.DEVELOPER), "protected").status(403)
    control(_publish(registry, after, Actor.DEVELOPER), "unprotected").status(201)
    changed = {"package_name_pattern": after.package}
    path = f"{rules_of(registry)}/{made.key('id')}"
    control(registry.call("PATCH", path, document=changed), "changed").status(200)
    expect(_publish(registry, after, Actor.DEVELOPER), "new").status(403)
    expect(_publish(registry, before, Actor.DEVELOPER), "old").status(201)


@judges("protection.deleted-rule-protects-no-more")
def test_deleted_rule_protects_no_more(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A rule that refused a developer is deleted: the developer publishes."""
    location = registry.location()
    made = make_rule(registry, location.package)
    control(made, "made").status(201)
    control(_publish(registry, location, Actor.DEVELOPER), "protected").status(403)
    control(registry.call("DELETE", f"{rules_of(registry)}/{made.key('id')}"), "deleted").status(204)
    expect(_publish(registry, location, Actor.DEVELOPER)).status(201)


def _protected(registry: Registry, control: Evaluator, after: str = "") -> FileLocation:
    """Return a location whose package's name, with `after` behind it, is protected for maintainers; a control."""
    location = registry.location()
    control(make_rule(registry, f"{location.package}{after}"), "made").status(201)
    return location


def _publish(registry: Registry, location: FileLocation, actor: Actor) -> Response:
    return registry.publish(
        location, registry.content(), credential=registry.access.credential(actor, registry.access.usual)
    )
