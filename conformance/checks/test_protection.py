"""Protection rules: who may publish a package whose name a rule's pattern matches."""

from dataclasses import dataclass
from functools import partial

from conformance.checks.graphql import Policy, set_policy, was_set
from conformance.checks.packages_api import entries
from conformance.checks.steps import stored
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.access import Actor, TargetProject
from conformance.target.registry import FileLocation, Registry
from conformance.transport.response import Response, describe

MAINTAINER, OWNER = "maintainer", "owner"
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


@judges("protection.rule-can-be-made")
def test_rule_can_be_made(registry: Registry, expect: Evaluator) -> None:
    """A maintainer protects a package name: the rule comes back with an id."""
    name = registry.location().package
    response = _make(registry, name, actor=Actor.MAINTAINER)
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
    made = _make(registry, registry.location().package)
    control(made, "made").status(201)
    response = registry.call("GET", _rules(registry), query="per_page=100")
    ids = [entry.get("id") for entry in entries(response) or []]
    expect.that("ids", holds=made.key("id") in ids, expected=f"{made.key('id')}", actual=f"{ids}", response=response)


@judges("protection.developer-may-not-make-rules")
def test_developer_may_not_make_rules(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A developer makes a rule: 403, where a maintainer may.

    The names differ, because a name has one rule at most.
    """
    response = _make(registry, registry.location().package, actor=Actor.DEVELOPER)
    control(_make(registry, registry.location().package, actor=Actor.MAINTAINER), "maintainer").status(201)
    expect(response).status(403)


@judges("protection.illegal-level-is-refused")
def test_illegal_level_is_refused(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A rule is made with a level that there is not: refused, where a legal level is accepted."""
    name = registry.location().package
    response = _make(registry, name, level="emperor")
    control(_make(registry, name), "legal").status(201)
    expect(response).status(400, 422)


@judges_each(REFUSED)
def test_refused(case: Try, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes, its package is protected for a higher role, and it publishes again: 403."""
    location = registry.location()
    control(_publish(registry, location, case.actor), "before").status(201)
    control(_make(registry, location.package, case.level), "made").status(201)
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
    control(_make(registry, f"{location.package}-*"), "made").status(201)
    expect(_publish(registry, FileLocation(f"{location.package}-a.b"), Actor.DEVELOPER), "several").status(403)
    expect(_publish(registry, FileLocation(f"{location.package}-"), Actor.DEVELOPER), "none").status(403)


@judges("protection.pattern-ignores-case")
def test_pattern_ignores_case(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A developer publishes a name that differs from a rule's pattern in case alone: 403."""
    location = registry.location()
    control(_publish(registry, location, Actor.DEVELOPER), "before").status(201)
    control(_make(registry, location.package.upper()), "made").status(201)
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
    control(_make(registry, location.package, project=subgroup.project), "made").status(201)
    expect(duplicate()).status(403)


@judges("protection.rule-does-not-protect-yet")
def test_rule_does_not_protect_yet(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A developer publishes a package with a rule, in a version that keeps rules and does not apply them."""
    expect(_publish(registry, _protected(registry, control), Actor.DEVELOPER)).status(201)


@judges("protection.download-stays-open")
def test_download_stays_open(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A developer, who may not publish a protected package, downloads it."""
    file = stored(registry, control)
    control(_make(registry, file.location.package), "made").status(201)
    token = registry.access.credential(Actor.DEVELOPER, registry.access.usual)
    control(_publish(registry, file.location, Actor.DEVELOPER), "refused").status(403)
    expect(registry.download(file.location, credential=token)).body(file.content)


@judges("protection.deleted-rule-protects-no-more")
def test_deleted_rule_protects_no_more(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A rule that refused a developer is deleted: the developer publishes."""
    location = registry.location()
    made = _make(registry, location.package)
    control(made, "made").status(201)
    control(_publish(registry, location, Actor.DEVELOPER), "protected").status(403)
    control(registry.call("DELETE", f"{_rules(registry)}/{made.key('id')}"), "deleted").status(204)
    expect(_publish(registry, location, Actor.DEVELOPER)).status(201)


def _rules(registry: Registry, project: TargetProject | None = None) -> str:
    return f"/projects/{(project or registry.access.project(registry.access.usual)).id}/packages/protection/rules"


def _make(
    registry: Registry,
    pattern: str,
    level: str = MAINTAINER,
    actor: Actor | None = None,
    project: TargetProject | None = None,
) -> Response:
    """Make a rule of a project, the public one unless another is given, as the writer or as a role."""
    document = {
        "package_name_pattern": pattern,
        "package_type": "generic",
        "minimum_access_level_for_push": level,
    }
    credential = registry.access.credential(actor, registry.access.usual) if actor else registry.access.writer
    return registry.call("POST", _rules(registry, project), document=document, credential=credential)


def _protected(registry: Registry, control: Evaluator, after: str = "") -> FileLocation:
    """Return a location whose package's name, with `after` behind it, is protected for maintainers; a control."""
    location = registry.location()
    control(_make(registry, f"{location.package}{after}"), "made").status(201)
    return location


def _publish(registry: Registry, location: FileLocation, actor: Actor) -> Response:
    return registry.publish(
        location, registry.content(), credential=registry.access.credential(actor, registry.access.usual)
    )
