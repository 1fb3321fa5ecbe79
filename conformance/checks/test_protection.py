"""Protection rules: who may publish a package whose name a rule's pattern matches."""

from dataclasses import dataclass

from conformance.checks.packages_api import entries
from conformance.checks.steps import stored
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Judge
from conformance.target.access import Role, Visibility
from conformance.target.registry import Place, Registry
from conformance.transport.answer import Answer

PUBLIC = Visibility.PUBLIC
MAINTAINER, OWNER = "maintainer", "owner"


@dataclass(frozen=True, slots=True)
class Try:
    """A publish beside a rule: the role, the level of the rule, and the status."""

    role: Role
    level: str
    status: int


REFUSED = {
    "protection.lower-role-is-403": Try(Role.DEVELOPER, MAINTAINER, 403),
    "protection.owner-level-refuses-maintainers": Try(Role.MAINTAINER, OWNER, 403),
    "protection.deploy-token-is-403": Try(Role.DEPLOY_WRITE, MAINTAINER, 403),
}


@judges("protection.rule-can-be-made")
def test_rule_can_be_made(registry: Registry, expect: Judge) -> None:
    """By a maintainer's access token."""
    name = registry.place().package
    answer = _make(registry, name, role=Role.MAINTAINER)
    expect(answer).status(201)
    wanted = {
        "package_name_pattern": name,
        "package_type": "generic",
        "minimum_access_level_for_push": MAINTAINER,
    }
    found = {key: answer.key(key) for key in wanted}
    holds = found == wanted and isinstance(answer.key("id"), int)
    expect.that("rule", holds=holds, expected=f"{wanted} with an id", actual=repr(answer.json()), answer=answer)


@judges("protection.rules-are-listed")
def test_rules_are_listed(registry: Registry, expect: Judge, control: Judge) -> None:
    """Among others, by its id."""
    made = _make(registry, registry.place().package)
    control(made, "made").status(201)
    answer = registry.call("GET", _rules(registry), query="per_page=100")
    ids = [entry.get("id") for entry in entries(answer) or []]
    expect.that("ids", holds=made.key("id") in ids, expected=f"{made.key('id')}", actual=f"{ids}", answer=answer)


@judges("protection.developer-may-not-make-rules")
def test_developer_may_not_make_rules(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the credential; its name is another, because a name has one rule at most."""
    answer = _make(registry, registry.place().package, role=Role.DEVELOPER)
    control(_make(registry, registry.place().package, role=Role.MAINTAINER), "maintainer").status(201)
    expect(answer).status(403)


@judges("protection.illegal-level-is-refused")
def test_illegal_level_is_refused(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the level alone."""
    name = registry.place().package
    answer = _make(registry, name, level="emperor")
    control(_make(registry, name), "legal").status(201)
    expect(answer).status(400, 422)


@judges_each(REFUSED)
def test_refused(case: Try, registry: Registry, expect: Judge, control: Judge) -> None:
    """The control is the same publish before there is a rule."""
    place = registry.place()
    control(_publish(registry, place, case.role), "before").status(201)
    control(_make(registry, place.package, case.level), "made").status(201)
    expect(_publish(registry, place, case.role)).status(case.status)


@judges("protection.refusal-says-so")
def test_refusal_says_so(registry: Registry, expect: Judge, control: Judge) -> None:
    """GitLab's words, which tell a rule from a lack of membership."""
    place = _protected(registry, control)
    answer = _publish(registry, place, Role.DEVELOPER)
    control(answer, "refused").status(403)
    expect(answer).key("message", lambda value: "Package protected" in str(value), "Package protected")


@judges("protection.refused-publish-leaves-nothing")
def test_refused_publish_leaves_nothing(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control is the same publish by a maintainer, which is seen."""
    place = _protected(registry, control)
    control(_publish(registry, place, Role.DEVELOPER), "refused").status(403)
    absent = registry.download(place)
    control(_publish(registry, place, Role.MAINTAINER), "published").status(201)
    control(registry.download(place), "visible").status(200)
    expect(absent, "afterwards").status(404)


@judges("protection.same-role-is-201")
def test_same_role_is_201(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control is that the rule is in force."""
    place = _protected(registry, control)
    control(_publish(registry, place, Role.DEVELOPER), "developer").status(403)
    expect(_publish(registry, place, Role.MAINTAINER)).status(201)


@judges("protection.other-names-are-201")
def test_other_names_are_201(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control is that the rule is in force."""
    place = _protected(registry, control, after="-*")
    control(_publish(registry, Place(f"{place.package}-a"), Role.DEVELOPER), "protected").status(403)
    expect(_publish(registry, Place(f"{place.package}.a"), Role.DEVELOPER)).status(201)


@judges("protection.pattern-matches-the-whole-name")
def test_pattern_matches_the_whole_name(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control is that the rule is in force; the other name begins with the protected one."""
    place = _protected(registry, control)
    control(_publish(registry, place, Role.DEVELOPER), "protected").status(403)
    expect(_publish(registry, Place(f"{place.package}-a"), Role.DEVELOPER)).status(201)


@judges("protection.star-stands-for-anything")
def test_star_stands_for_anything(registry: Registry, expect: Judge, control: Judge) -> None:
    """Several characters, and none."""
    place = registry.place()
    control(_publish(registry, place, Role.DEVELOPER), "before").status(201)
    control(_make(registry, f"{place.package}-*"), "made").status(201)
    expect(_publish(registry, Place(f"{place.package}-a.b"), Role.DEVELOPER), "several").status(403)
    expect(_publish(registry, Place(f"{place.package}-"), Role.DEVELOPER), "none").status(403)


@judges("protection.download-stays-open")
def test_download_stays_open(registry: Registry, expect: Judge, control: Judge) -> None:
    """By a developer, who may not publish it."""
    file = stored(registry, control)
    control(_make(registry, file.place.package), "made").status(201)
    token = registry.access.credential(Role.DEVELOPER, PUBLIC)
    control(_publish(registry, file.place, Role.DEVELOPER), "refused").status(403)
    expect(registry.download(file.place, credential=token)).body(file.content)


@judges("protection.deleted-rule-protects-no-more")
def test_deleted_rule_protects_no_more(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control is that the rule was in force."""
    place = registry.place()
    made = _make(registry, place.package)
    control(made, "made").status(201)
    control(_publish(registry, place, Role.DEVELOPER), "protected").status(403)
    control(registry.call("DELETE", f"{_rules(registry)}/{made.key('id')}"), "deleted").status(204)
    expect(_publish(registry, place, Role.DEVELOPER)).status(201)


def _rules(registry: Registry) -> str:
    return f"/projects/{registry.access.project(PUBLIC).id}/packages/protection/rules"


def _make(registry: Registry, pattern: str, level: str = MAINTAINER, role: Role | None = None) -> Answer:
    """Make a rule as the writer, or as a role."""
    document = {
        "package_name_pattern": pattern,
        "package_type": "generic",
        "minimum_access_level_for_push": level,
    }
    credential = registry.access.credential(role, PUBLIC) if role else registry.access.writer
    return registry.call("POST", _rules(registry), document=document, credential=credential)


def _protected(registry: Registry, control: Judge, after: str = "") -> Place:
    """Return a place whose package's name, with `after` behind it, is protected for maintainers; a control."""
    place = registry.place()
    control(_make(registry, f"{place.package}{after}"), "made").status(201)
    return place


def _publish(registry: Registry, place: Place, role: Role) -> Answer:
    return registry.publish(place, registry.content(), credential=registry.access.credential(role, PUBLIC))
