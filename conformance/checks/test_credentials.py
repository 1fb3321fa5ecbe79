"""Ways to carry a credential: Bearer, the query, Basic; tokens of groups; scopes; revocation; two at once."""

from conformance.checks.cells import INVALID_TOKEN, PRIVATE, Cell, publish_as
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Judge
from conformance.target.access import Carriage, Credential, Role
from conformance.target.registry import OCTET_STREAM, Registry
from conformance.transport.answer import Answer

REVOKED = {
    "credentials.revoked-personal-token-is-401": Role.USER_DEVELOPER,
    "credentials.revoked-deploy-token-is-401": Role.DEPLOY_WRITE,
    "credentials.revoked-group-token-is-401": Role.GROUP,
}


@judges("credentials.read-api-gets-head")
def test_read_api_gets_head(registry: Registry, expect: Judge, control: Judge) -> None:
    """Reading is reading, whether or not the body comes along."""
    file = registry.shared(PRIVATE)
    control(file.answer, "published").status(201)
    token = registry.access.credential(Role.READ_API, PRIVATE)
    expect(registry.head(file.place, visibility=PRIVATE, credential=token)).status(200)


@judges_each(REVOKED)
def test_revoked(case: Role, registry: Registry, expect: Judge, control: Judge) -> None:
    """The same publish before and after."""
    expect(_after_revocation(case, registry, control)).status(401)


@judges("credentials.revoked-token-says-so")
def test_revoked_token_says_so(registry: Registry, expect: Judge, control: Judge) -> None:
    """A user who sees it knows to make another token."""
    answer = _after_revocation(Role.DEVELOPER, registry, control)
    expect(answer).key("error", lambda value: value == "invalid_token", "'invalid_token'")


@judges("credentials.unknown-private-token-beside-basic-is-401")
def test_unknown_private_token_beside_basic_is_401(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the unknown token alone."""
    basic = registry.access.credential(Role.DEVELOPER, PRIVATE).carried(Carriage.BASIC)
    control(_publish_with(registry, basic), "basic").status(201)
    expect(_publish_with(registry, INVALID_TOKEN, basic)).status(401)


@judges("credentials.private-token-outweighs-basic")
def test_private_token_outweighs_basic(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the guest's token alone."""
    basic = registry.access.credential(Role.DEVELOPER, PRIVATE).carried(Carriage.BASIC)
    control(_publish_with(registry, basic), "basic").status(201)
    expect(_publish_with(registry, registry.access.credential(Role.GUEST, PRIVATE), basic)).status(403)


@judges("credentials.private-token-beside-unknown-basic-is-201")
def test_private_token_beside_unknown_basic_is_201(registry: Registry, expect: Judge) -> None:
    """A .netrc that is out of date does no harm."""
    token = registry.access.credential(Role.DEVELOPER, PRIVATE)
    expect(_publish_with(registry, token, INVALID_TOKEN.carried(Carriage.BASIC))).status(201)


def _after_revocation(role: Role, registry: Registry, control: Judge) -> Answer:
    token = registry.access.revocable(role, PRIVATE)
    cell = Cell(PRIVATE, token.credential)
    control(publish_as(registry, registry.place(), cell), "before").status(201)
    control(token.revoke(), "revoked").success()
    return publish_as(registry, registry.place(), cell)


def _publish_with(registry: Registry, *credentials: Credential) -> Answer:
    headers = OCTET_STREAM + sum((credential.headers() for credential in credentials), ())
    return registry.publish(registry.place(), registry.content(), visibility=PRIVATE, credential=None, headers=headers)
