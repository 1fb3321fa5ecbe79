"""Ways to carry a credential: Bearer, the query, Basic; tokens of groups; scopes; revocation; two at once."""

from conformance.checks.cells import (
    INVALID_BASIC,
    INVALID_JOB_TOKEN,
    INVALID_TOKEN,
    PRIVATE,
    PUBLIC,
    Cell,
    expect_download_accepted,
    expect_download_refused,
    expect_publish_accepted,
    expect_publish_refused,
    publish_as,
)
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.access import JOB_TOKEN_USER, Actor, AuthenticationScheme, Credential
from conformance.target.registry import OCTET_STREAM, Registry
from conformance.transport.response import Response

BASIC, BEARER = AuthenticationScheme.BASIC, AuthenticationScheme.BEARER
IN_QUERY, JOB_IN_QUERY = AuthenticationScheme.PRIVATE_TOKEN_PARAMETER, AuthenticationScheme.JOB_TOKEN_PARAMETER
PUBLISH_ACCEPTED = {
    "credentials.bearer-put-is-201": Cell(PRIVATE, Actor.DEVELOPER, (201,), BEARER),
    "credentials.bearer-deploy-token-put-is-201": Cell(PRIVATE, Actor.DEPLOY_WRITE, (201,), BEARER),
    "credentials.query-private-token-put-is-201": Cell(PRIVATE, Actor.DEVELOPER, (201,), IN_QUERY),
    "credentials.basic-job-token-put-is-201": Cell(PRIVATE, Actor.JOB_DEVELOPER, (201,), BASIC, JOB_TOKEN_USER),
    "credentials.query-job-token-put-is-201": Cell(PRIVATE, Actor.JOB_DEVELOPER, (201,), JOB_IN_QUERY),
    "credentials.group-token-put-is-201": Cell(PRIVATE, Actor.GROUP, (201,)),
    "credentials.group-deploy-token-put-is-201": Cell(PRIVATE, Actor.GROUP_DEPLOY, (201,)),
}
PUBLISH_REFUSED = {
    "credentials.bearer-invalid-put-is-401": Cell(PUBLIC, INVALID_TOKEN.with_scheme(BEARER), (401,)),
    "credentials.query-invalid-private-token-put-is-401": Cell(PUBLIC, INVALID_TOKEN.with_scheme(IN_QUERY), (401,)),
    "credentials.query-invalid-job-token-put-is-401": Cell(PUBLIC, INVALID_JOB_TOKEN.with_scheme(JOB_IN_QUERY), (401,)),
    "credentials.unrelated-scope-put-is-403": Cell(PRIVATE, Actor.UNRELATED, (403,)),
}
DOWNLOAD_ACCEPTED = {
    "credentials.bearer-get-is-200": Cell(PRIVATE, Actor.DEVELOPER, (200,), BEARER),
    "credentials.bearer-deploy-token-get-is-200": Cell(PRIVATE, Actor.DEPLOY_READ, (200,), BEARER),
    "credentials.query-private-token-get-is-200": Cell(PRIVATE, Actor.DEVELOPER, (200,), IN_QUERY),
    "credentials.query-job-token-get-is-200": Cell(PRIVATE, Actor.JOB_DEVELOPER, (200,), JOB_IN_QUERY),
    "credentials.group-token-get-is-200": Cell(PRIVATE, Actor.GROUP, (200,)),
    "credentials.group-deploy-token-get-is-200": Cell(PRIVATE, Actor.GROUP_DEPLOY, (200,)),
}
DOWNLOAD_REFUSED = {
    "credentials.bearer-invalid-is-401": Cell(PUBLIC, INVALID_TOKEN.with_scheme(BEARER), (401,)),
    "credentials.query-invalid-private-token-is-401": Cell(PUBLIC, INVALID_TOKEN.with_scheme(IN_QUERY), (401,)),
    "credentials.query-invalid-job-token-is-401": Cell(PUBLIC, INVALID_JOB_TOKEN.with_scheme(JOB_IN_QUERY), (401,)),
    "credentials.basic-job-token-needs-its-user": Cell(PRIVATE, Actor.JOB_DEVELOPER, (401,), BASIC),
    "credentials.job-token-as-private-token-is-401": Cell(
        PRIVATE, Actor.JOB_DEVELOPER, (401,), AuthenticationScheme.PRIVATE_TOKEN
    ),
    "credentials.private-token-as-job-token-is-401": Cell(
        PRIVATE, Actor.DEVELOPER, (401,), AuthenticationScheme.JOB_TOKEN
    ),
    "credentials.group-token-elsewhere-is-404": Cell(PRIVATE, Actor.OTHER_GROUP, (404,)),
    "credentials.group-deploy-token-elsewhere-is-refused": Cell(PRIVATE, Actor.OTHER_GROUP_DEPLOY, (401, 403, 404)),
    "credentials.unrelated-scope-get-is-403": Cell(PRIVATE, Actor.UNRELATED, (403,)),
}
REVOKED = {
    "credentials.revoked-personal-token-is-401": Actor.USER_DEVELOPER,
    "credentials.revoked-deploy-token-is-401": Actor.DEPLOY_WRITE,
    "credentials.revoked-group-token-is-401": Actor.GROUP,
}


@judges_each(PUBLISH_ACCEPTED)
def test_publish_accepted(case: Cell, registry: Registry, expect: Evaluator) -> None:
    """A credential that suffices, in the way it is carried."""
    expect_publish_accepted(case, registry, expect)


@judges_each(PUBLISH_REFUSED)
def test_publish_refused(case: Cell, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """The control differs in the credential alone: at the same place the writer is accepted."""
    expect_publish_refused(case, registry, expect, control)


@judges_each(DOWNLOAD_ACCEPTED)
def test_download_accepted(case: Cell, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A credential that suffices, in the way it is carried."""
    expect_download_accepted(case, registry, expect, control)


@judges_each(DOWNLOAD_REFUSED)
def test_download_refused(case: Cell, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """The control differs in the credential alone: the same file downloads for the writer."""
    expect_download_refused(case, registry, expect, control)


@judges("credentials.read-api-gets-head")
def test_read_api_gets_head(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Reading is reading, whether or not the body comes along."""
    file = registry.shared(PRIVATE)
    control(file.response, "published").status(201)
    token = registry.access.credential(Actor.READ_API, PRIVATE)
    expect(registry.head(file.location, visibility=PRIVATE, credential=token)).status(200)


@judges_each(REVOKED)
def test_revoked(case: Actor, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """The same publish before and after."""
    expect(_after_revocation(case, registry, control)).status(401)


@judges("credentials.revoked-token-says-so")
def test_revoked_token_says_so(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A user who sees it knows to make another token."""
    response = _after_revocation(Actor.DEVELOPER, registry, control)
    expect(response).key("error", lambda value: value == "invalid_token", "'invalid_token'")


@judges("credentials.unknown-private-token-beside-basic-is-401")
def test_unknown_private_token_beside_basic_is_401(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """The control differs in the unknown token alone."""
    basic = registry.access.credential(Actor.DEVELOPER, PRIVATE).with_scheme(BASIC)
    control(_publish_with(registry, basic), "basic").status(201)
    expect(_publish_with(registry, INVALID_TOKEN, basic)).status(401)


@judges("credentials.private-token-outweighs-basic")
def test_private_token_outweighs_basic(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """The control differs in the guest's token alone."""
    basic = registry.access.credential(Actor.DEVELOPER, PRIVATE).with_scheme(BASIC)
    control(_publish_with(registry, basic), "basic").status(201)
    expect(_publish_with(registry, registry.access.credential(Actor.GUEST, PRIVATE), basic)).status(403)


@judges("credentials.private-token-beside-unknown-basic-is-201")
def test_private_token_beside_unknown_basic_is_201(registry: Registry, expect: Evaluator) -> None:
    """A .netrc that is out of date does no harm."""
    token = registry.access.credential(Actor.DEVELOPER, PRIVATE)
    expect(_publish_with(registry, token, INVALID_BASIC)).status(201)


def _after_revocation(actor: Actor, registry: Registry, control: Evaluator) -> Response:
    token = registry.access.revocable(actor, PRIVATE)
    cell = Cell(PRIVATE, token.credential, ())
    control(publish_as(registry, registry.location(), cell), "before").status(201)
    control(token.revoke(), "revoked").success()
    return publish_as(registry, registry.location(), cell)


def _publish_with(registry: Registry, *credentials: Credential) -> Response:
    headers = OCTET_STREAM + sum((credential.headers() for credential in credentials), ())
    return registry.publish(
        registry.location(), registry.content(), visibility=PRIVATE, credential=None, headers=headers
    )
