"""Credentials: revocation of every kind of token, what a scope opens beside GET, and two credentials at once."""

from conformance.checks.cells import INVALID_TOKEN, PRIVATE, Cell, publish_as
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.access import Actor, AuthenticationScheme, Credential
from conformance.target.registry import OCTET_STREAM, Registry
from conformance.transport.response import Response

REVOKED = {
    "credentials.revoked-personal-token-is-401": Actor.USER_DEVELOPER,
    "credentials.revoked-deploy-token-is-401": Actor.DEPLOY_WRITE,
    "credentials.revoked-group-token-is-401": Actor.GROUP,
}


@judges("credentials.read-api-gets-head")
def test_read_api_gets_head(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client whose token may only read asks for HEAD of a private file: reading is reading, body or not."""
    file = registry.shared(PRIVATE)
    control(file.response, "published").status(201)
    token = registry.access.credential(Actor.READ_API, PRIVATE)
    expect(registry.head(file.location, visibility=PRIVATE, credential=token)).status(200)


@judges_each(REVOKED)
def test_revoked(case: Actor, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes, its token is revoked or deleted, and it publishes again: 401."""
    expect(_after_revocation(case, registry, control)).status(401)


@judges("credentials.revoked-token-says-so")
def test_revoked_token_says_so(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes with a revoked token: the 401 says so, and its user knows to make another token."""
    response = _after_revocation(Actor.DEVELOPER, registry, control)
    expect(response).key("error", lambda value: value == "invalid_token", "'invalid_token'")


@judges("credentials.unknown-private-token-beside-basic-is-401")
def test_unknown_private_token_beside_basic_is_401(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client sends an unknown PRIVATE-TOKEN beside a Basic password that alone publishes: 401."""
    basic = registry.access.credential(Actor.DEVELOPER, PRIVATE).with_scheme(AuthenticationScheme.BASIC)
    control(_publish_with(registry, basic), "basic").status(201)
    expect(_publish_with(registry, INVALID_TOKEN, basic)).status(401)


@judges("credentials.private-token-outweighs-basic")
def test_private_token_outweighs_basic(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client sends a guest's PRIVATE-TOKEN beside a Basic password that alone publishes: 403."""
    basic = registry.access.credential(Actor.DEVELOPER, PRIVATE).with_scheme(AuthenticationScheme.BASIC)
    control(_publish_with(registry, basic), "basic").status(201)
    expect(_publish_with(registry, registry.access.credential(Actor.GUEST, PRIVATE), basic)).status(403)


@judges("credentials.private-token-beside-unknown-basic-is-201")
def test_private_token_beside_unknown_basic_is_201(registry: Registry, expect: Evaluator) -> None:
    """A client with a .netrc that is out of date publishes with a PRIVATE-TOKEN that may: no harm done."""
    token = registry.access.credential(Actor.DEVELOPER, PRIVATE)
    expect(_publish_with(registry, token, INVALID_TOKEN.with_scheme(AuthenticationScheme.BASIC))).status(201)


def _after_revocation(actor: Actor, registry: Registry, control: Evaluator) -> Response:
    token = registry.access.revocable(actor, PRIVATE)
    cell = Cell(PRIVATE, token.credential)
    control(publish_as(registry, registry.location(), cell), "before").status(201)
    control(token.revoke(), "revoked").success()
    return publish_as(registry, registry.location(), cell)


def _publish_with(registry: Registry, *credentials: Credential) -> Response:
    headers = OCTET_STREAM + sum((credential.headers() for credential in credentials), ())
    return registry.publish(
        registry.location(), registry.content(), visibility=PRIVATE, credential=None, headers=headers
    )
