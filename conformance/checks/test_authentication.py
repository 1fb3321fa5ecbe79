"""Authentication and authorisation: what refusals say and leave behind; the outcomes are in test_outcome.py."""

from conformance.checks.cells import (
    PRIVATE,
    PUBLIC,
    Cell,
    download_as,
    publish_as,
)
from conformance.checks.steps import expect_nothing_at
from conformance.judging.binding import judges
from conformance.judging.expectations import Evaluator
from conformance.target.access import Actor, AuthenticationScheme
from conformance.target.registry import Registry


@judges("authentication.get-deploy-token-elsewhere-is-refused")
def test_get_deploy_token_elsewhere_is_refused(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Somebody tries the deploy token of another project on a private file that the project's own token opens."""
    control(download_as(registry, Cell(PRIVATE, Actor.DEPLOY_READ)), "own").status(200)
    expect(download_as(registry, Cell(PRIVATE, Actor.DEPLOY_ELSEWHERE))).status(401, 403, 404)


@judges("authentication.basic-user-is-not-checked")
def test_basic_user_is_not_checked(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client sends a token as the Basic password of a user name that nobody has: it downloads all the same."""
    control(
        download_as(registry, Cell(PRIVATE, Actor.DEVELOPER, (), scheme=AuthenticationScheme.BASIC)), "usual"
    ).status(200)
    token = registry.access.credential(Actor.DEVELOPER, PRIVATE)
    location = registry.shared(PRIVATE).location
    expect(
        registry.download(
            location, visibility=PRIVATE, credential=token.with_scheme(AuthenticationScheme.BASIC, "nobody-at-all")
        )
    ).status(200)


@judges("authentication.challenge-on-download")
def test_challenge_on_download(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client downloads a private file without a token: the 401 challenges for Basic.

    Without a challenge wget and netrc never send what they have.
    """
    response = download_as(registry, Cell(PRIVATE, None))
    control(response, "refused").status(401)
    expect(response).header("WWW-Authenticate", _is_basic, "a challenge for Basic")


@judges("authentication.challenge-on-publish")
def test_challenge_on_publish(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes without a token: the 401 challenges for Basic.

    Without a challenge wget and netrc never send what they have.
    """
    response = publish_as(registry, registry.location(), Cell(PUBLIC, None))
    control(response, "refused").status(401)
    expect(response).header("WWW-Authenticate", _is_basic, "a challenge for Basic")


@judges("authentication.insufficient-scope-says-so")
def test_insufficient_scope_says_so(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A developer publishes with a token that may only read: the 403 says that the scope is what is missing.

    A user who sees it knows to make another token, not to ask for another role.
    """
    response = publish_as(registry, registry.location(), Cell(PRIVATE, Actor.READ_API))
    control(response, "refused").status(403)
    expect(response).key("error", lambda value: value == "insufficient_scope", "'insufficient_scope'")


@judges("authentication.unauthorized-body")
def test_unauthorized_body(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes without a token: the 401 has GitLab's words."""
    response = publish_as(registry, registry.location(), Cell(PUBLIC, None))
    control(response, "refused").status(401)
    expect(response).key("message", lambda value: value == "401 Unauthorized", "'401 Unauthorized'")


@judges("authentication.forbidden-body")
def test_forbidden_body(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A guest publishes: the message of the 403 begins with GitLab's words; a reason may follow them."""
    response = publish_as(registry, registry.location(), Cell(PUBLIC, Actor.GUEST))
    control(response, "refused").status(403)
    expect(response).key("message", lambda value: str(value).startswith("403 Forbidden"), "'403 Forbidden'")


@judges("authentication.revoked-token-is-401")
def test_revoked_token_is_401(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes, its token is revoked, and it publishes again: 401."""
    location = registry.location()
    token = registry.access.revocable(Actor.DEVELOPER, PRIVATE)
    options = Cell(PRIVATE, token.credential)
    control(publish_as(registry, location, options), "before").status(201)
    control(token.revoke(), "revoked").success()
    expect(publish_as(registry, location, options)).status(401)


@judges("authentication.unauthorized-publish-leaves-nothing")
def test_unauthorized_publish_leaves_nothing(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Somebody publishes without a token and is refused: nothing is stored where the writer's file would be seen."""
    location = registry.location()
    control(publish_as(registry, location, Cell(PUBLIC, None)), "refused").status(401)
    expect_nothing_at(location, registry, expect, control)


@judges("authentication.credential-is-judged-before-format")
def test_credential_is_judged_before_format(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Somebody without a token publishes an illegal version: 401, where the writer is told 400."""
    location = registry.location(version="..1")
    control(registry.publish(location, registry.content()), "writer").status(400)
    expect(publish_as(registry, location, Cell(PUBLIC, None))).status(401)


def _is_basic(challenge: str) -> bool:
    return "basic" in challenge.lower()
