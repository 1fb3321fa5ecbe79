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
from conformance.judging.expectations import Judge
from conformance.target.access import JOB_TOKEN_USER, Carriage, Credential, Role
from conformance.target.registry import OCTET_STREAM, Registry
from conformance.transport.answer import Answer

BASIC, BEARER = Carriage.BASIC, Carriage.BEARER
IN_QUERY, JOB_IN_QUERY = Carriage.PRIVATE_TOKEN_PARAMETER, Carriage.JOB_TOKEN_PARAMETER
PUBLISH_ACCEPTED = {
    "credentials.bearer-put-is-201": Cell(PRIVATE, Role.DEVELOPER, (201,), BEARER),
    "credentials.bearer-deploy-token-put-is-201": Cell(PRIVATE, Role.DEPLOY_WRITE, (201,), BEARER),
    "credentials.query-private-token-put-is-201": Cell(PRIVATE, Role.DEVELOPER, (201,), IN_QUERY),
    "credentials.basic-job-token-put-is-201": Cell(PRIVATE, Role.JOB_DEVELOPER, (201,), BASIC, JOB_TOKEN_USER),
    "credentials.query-job-token-put-is-201": Cell(PRIVATE, Role.JOB_DEVELOPER, (201,), JOB_IN_QUERY),
    "credentials.group-token-put-is-201": Cell(PRIVATE, Role.GROUP, (201,)),
    "credentials.group-deploy-token-put-is-201": Cell(PRIVATE, Role.GROUP_DEPLOY, (201,)),
}
PUBLISH_REFUSED = {
    "credentials.bearer-invalid-put-is-401": Cell(PUBLIC, INVALID_TOKEN.carried(BEARER), (401,)),
    "credentials.query-invalid-private-token-put-is-401": Cell(PUBLIC, INVALID_TOKEN.carried(IN_QUERY), (401,)),
    "credentials.query-invalid-job-token-put-is-401": Cell(PUBLIC, INVALID_JOB_TOKEN.carried(JOB_IN_QUERY), (401,)),
    "credentials.unrelated-scope-put-is-403": Cell(PRIVATE, Role.UNRELATED, (403,)),
}
DOWNLOAD_ACCEPTED = {
    "credentials.bearer-get-is-200": Cell(PRIVATE, Role.DEVELOPER, (200,), BEARER),
    "credentials.bearer-deploy-token-get-is-200": Cell(PRIVATE, Role.DEPLOY_READ, (200,), BEARER),
    "credentials.query-private-token-get-is-200": Cell(PRIVATE, Role.DEVELOPER, (200,), IN_QUERY),
    "credentials.query-job-token-get-is-200": Cell(PRIVATE, Role.JOB_DEVELOPER, (200,), JOB_IN_QUERY),
    "credentials.group-token-get-is-200": Cell(PRIVATE, Role.GROUP, (200,)),
    "credentials.group-deploy-token-get-is-200": Cell(PRIVATE, Role.GROUP_DEPLOY, (200,)),
}
DOWNLOAD_REFUSED = {
    "credentials.bearer-invalid-is-401": Cell(PUBLIC, INVALID_TOKEN.carried(BEARER), (401,)),
    "credentials.query-invalid-private-token-is-401": Cell(PUBLIC, INVALID_TOKEN.carried(IN_QUERY), (401,)),
    "credentials.query-invalid-job-token-is-401": Cell(PUBLIC, INVALID_JOB_TOKEN.carried(JOB_IN_QUERY), (401,)),
    "credentials.basic-job-token-needs-its-user": Cell(PRIVATE, Role.JOB_DEVELOPER, (401,), BASIC),
    "credentials.job-token-as-private-token-is-401": Cell(PRIVATE, Role.JOB_DEVELOPER, (401,), Carriage.PRIVATE_TOKEN),
    "credentials.private-token-as-job-token-is-401": Cell(PRIVATE, Role.DEVELOPER, (401,), Carriage.JOB_TOKEN),
    "credentials.group-token-elsewhere-is-404": Cell(PRIVATE, Role.OTHER_GROUP, (404,)),
    "credentials.group-deploy-token-elsewhere-is-refused": Cell(PRIVATE, Role.OTHER_GROUP_DEPLOY, (401, 403, 404)),
    "credentials.unrelated-scope-get-is-403": Cell(PRIVATE, Role.UNRELATED, (403,)),
}
REVOKED = {
    "credentials.revoked-personal-token-is-401": Role.USER_DEVELOPER,
    "credentials.revoked-deploy-token-is-401": Role.DEPLOY_WRITE,
    "credentials.revoked-group-token-is-401": Role.GROUP,
}


@judges_each(PUBLISH_ACCEPTED)
def test_publish_accepted(case: Cell, registry: Registry, expect: Judge) -> None:
    """A credential that suffices, in the way it is carried."""
    expect_publish_accepted(case, registry, expect)


@judges_each(PUBLISH_REFUSED)
def test_publish_refused(case: Cell, registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the credential alone: at the same place the writer is accepted."""
    expect_publish_refused(case, registry, expect, control)


@judges_each(DOWNLOAD_ACCEPTED)
def test_download_accepted(case: Cell, registry: Registry, expect: Judge, control: Judge) -> None:
    """A credential that suffices, in the way it is carried."""
    expect_download_accepted(case, registry, expect, control)


@judges_each(DOWNLOAD_REFUSED)
def test_download_refused(case: Cell, registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the credential alone: the same file downloads for the writer."""
    expect_download_refused(case, registry, expect, control)


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
    basic = registry.access.credential(Role.DEVELOPER, PRIVATE).carried(BASIC)
    control(_publish_with(registry, basic), "basic").status(201)
    expect(_publish_with(registry, INVALID_TOKEN, basic)).status(401)


@judges("credentials.private-token-outweighs-basic")
def test_private_token_outweighs_basic(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the guest's token alone."""
    basic = registry.access.credential(Role.DEVELOPER, PRIVATE).carried(BASIC)
    control(_publish_with(registry, basic), "basic").status(201)
    expect(_publish_with(registry, registry.access.credential(Role.GUEST, PRIVATE), basic)).status(403)


@judges("credentials.private-token-beside-unknown-basic-is-201")
def test_private_token_beside_unknown_basic_is_201(registry: Registry, expect: Judge) -> None:
    """A .netrc that is out of date does no harm."""
    token = registry.access.credential(Role.DEVELOPER, PRIVATE)
    expect(_publish_with(registry, token, INVALID_BASIC)).status(201)


def _after_revocation(role: Role, registry: Registry, control: Judge) -> Answer:
    token = registry.access.revocable(role, PRIVATE)
    cell = Cell(PRIVATE, token.credential, ())
    control(publish_as(registry, registry.place(), cell), "before").status(201)
    control(token.revoke(), "revoked").success()
    return publish_as(registry, registry.place(), cell)


def _publish_with(registry: Registry, *credentials: Credential) -> Answer:
    headers = OCTET_STREAM + sum((credential.headers() for credential in credentials), ())
    return registry.publish(registry.place(), registry.content(), visibility=PRIVATE, credential=None, headers=headers)
