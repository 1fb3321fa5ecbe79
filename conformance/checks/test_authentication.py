"""Authentication and authorisation: the matrix of credential, verb and visibility, and what refusals say."""

from conformance.checks.cells import (
    PRIVATE,
    PUBLIC,
    Cell,
    download_as,
    publish_as,
)
from conformance.checks.steps import expect_nothing_at
from conformance.judging.binding import judges
from conformance.judging.expectations import Judge
from conformance.target.access import Carriage, Role
from conformance.target.registry import Registry


@judges("authentication.get-deploy-token-elsewhere-is-refused")
def test_get_deploy_token_elsewhere_is_refused(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the project of the deploy token alone."""
    control(download_as(registry, Cell(PRIVATE, Role.DEPLOY_READ)), "own").status(200)
    expect(download_as(registry, Cell(PRIVATE, Role.DEPLOY_ELSEWHERE))).status(401, 403, 404)


@judges("authentication.basic-user-is-not-checked")
def test_basic_user_is_not_checked(registry: Registry, expect: Judge, control: Judge) -> None:
    """A user name that nobody has."""
    control(download_as(registry, Cell(PRIVATE, Role.DEVELOPER, (), carriage=Carriage.BASIC)), "usual").status(200)
    token = registry.access.credential(Role.DEVELOPER, PRIVATE)
    place = registry.shared(PRIVATE).place
    expect(
        registry.download(place, visibility=PRIVATE, credential=token.carried(Carriage.BASIC, "nobody-at-all"))
    ).status(200)


@judges("authentication.challenge-on-download")
def test_challenge_on_download(registry: Registry, expect: Judge, control: Judge) -> None:
    """Without a challenge wget and netrc never send what they have."""
    answer = download_as(registry, Cell(PRIVATE, None))
    control(answer, "refused").status(401)
    expect(answer).header("WWW-Authenticate", _is_basic, "a challenge for Basic")


@judges("authentication.challenge-on-publish")
def test_challenge_on_publish(registry: Registry, expect: Judge, control: Judge) -> None:
    """Without a challenge wget and netrc never send what they have."""
    answer = publish_as(registry, registry.place(), Cell(PUBLIC, None))
    control(answer, "refused").status(401)
    expect(answer).header("WWW-Authenticate", _is_basic, "a challenge for Basic")


@judges("authentication.insufficient-scope-says-so")
def test_insufficient_scope_says_so(registry: Registry, expect: Judge, control: Judge) -> None:
    """A user who sees it knows to make another token, not to ask for another role."""
    answer = publish_as(registry, registry.place(), Cell(PRIVATE, Role.READ_API))
    control(answer, "refused").status(403)
    expect(answer).key("error", lambda value: value == "insufficient_scope", "'insufficient_scope'")


@judges("authentication.unauthorized-body")
def test_unauthorized_body(registry: Registry, expect: Judge, control: Judge) -> None:
    """GitLab's words."""
    answer = publish_as(registry, registry.place(), Cell(PUBLIC, None))
    control(answer, "refused").status(401)
    expect(answer).key("message", lambda value: value == "401 Unauthorized", "'401 Unauthorized'")


@judges("authentication.forbidden-body")
def test_forbidden_body(registry: Registry, expect: Judge, control: Judge) -> None:
    """GitLab's words; a reason may follow them."""
    answer = publish_as(registry, registry.place(), Cell(PUBLIC, Role.GUEST))
    control(answer, "refused").status(403)
    expect(answer).key("message", lambda value: str(value).startswith("403 Forbidden"), "'403 Forbidden'")


@judges("authentication.revoked-token-is-401")
def test_revoked_token_is_401(registry: Registry, expect: Judge, control: Judge) -> None:
    """The same publish before and after."""
    place = registry.place()
    token = registry.access.revocable(Role.DEVELOPER, PRIVATE)
    terms = Cell(PRIVATE, token.credential)
    control(publish_as(registry, place, terms), "before").status(201)
    control(token.revoke(), "revoked").success()
    expect(publish_as(registry, place, terms)).status(401)


@judges("authentication.unauthorized-publish-leaves-nothing")
def test_unauthorized_publish_leaves_nothing(registry: Registry, expect: Judge, control: Judge) -> None:
    """Refused means not stored."""
    place = registry.place()
    control(publish_as(registry, place, Cell(PUBLIC, None)), "refused").status(401)
    expect_nothing_at(place, registry, expect, control)


@judges("authentication.credential-is-judged-before-format")
def test_credential_is_judged_before_format(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the credential alone: for the writer it is the format that counts."""
    place = registry.place(version="..1")
    control(registry.publish(place, registry.content()), "writer").status(400)
    expect(publish_as(registry, place, Cell(PUBLIC, None))).status(401)


def _is_basic(challenge: str) -> bool:
    return "basic" in challenge.lower()
