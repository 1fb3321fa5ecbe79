"""The outcome tables of PUT and GET: project x role x credential; the older cells are among the authentication checks.

A row is (public project, private project), or (public, private in GitLab 15, private in the current edition).
"""

from collections.abc import Iterator

from conformance.checks.cells import (
    INVALID_BASIC,
    INVALID_DEPLOY_TOKEN,
    INVALID_JOB_TOKEN,
    PRIVATE,
    PUBLIC,
    Cell,
    expect_download_accepted,
    expect_download_refused,
    expect_publish_accepted,
    expect_publish_refused,
)
from conformance.checks.steps import stored
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.access import JOB_TOKEN_USER, Actor, AuthenticationScheme, Visibility
from conformance.target.registry import Registry

PUT_BY_ROLE = {
    "guest": (403, 403),
    "reporter": (403, 403),
    "developer": (201, 201),
    "maintainer": (201, 201),
    "owner": (201, 201),
    "outsider": (403, 404),
}
GET_BY_ROLE = {
    "guest": (200, 403, 200),
    "reporter": (200, 200, 200),
    "developer": (200, 200, 200),
    "maintainer": (200, 200, 200),
    "owner": (200, 200, 200),
    "outsider": (200, 404, 404),
}
PUT_CELLS = {
    "outcome.put-public-invalid-job-is-401": Cell(PUBLIC, INVALID_JOB_TOKEN, (401,)),
    "outcome.put-private-invalid-job-is-401": Cell(PRIVATE, INVALID_JOB_TOKEN, (401,)),
    "outcome.put-private-invalid-deploy-is-401": Cell(PRIVATE, INVALID_DEPLOY_TOKEN, (401,)),
    "outcome.put-private-invalid-basic-is-401": Cell(PRIVATE, INVALID_BASIC, (401,)),
    "outcome.put-public-deploy-read-is-403": Cell(PUBLIC, Actor.DEPLOY_READ, (403,)),
    "outcome.put-public-deploy-write-is-201": Cell(PUBLIC, Actor.DEPLOY_WRITE, (201,)),
    "outcome.put-public-deploy-both-is-201": Cell(PUBLIC, Actor.DEPLOY_BOTH, (201,)),
}
GET_CELLS = {
    "outcome.get-public-invalid-job-is-401": Cell(PUBLIC, INVALID_JOB_TOKEN, (401,)),
    "outcome.get-private-invalid-job-is-401": Cell(PRIVATE, INVALID_JOB_TOKEN, (401,)),
    "outcome.get-private-invalid-deploy-is-401": Cell(PRIVATE, INVALID_DEPLOY_TOKEN, (401,)),
    "outcome.get-public-deploy-read-is-200": Cell(PUBLIC, Actor.DEPLOY_READ, (200,)),
    "outcome.get-public-deploy-write-is-200": Cell(PUBLIC, Actor.DEPLOY_WRITE, (200,)),
    "outcome.get-public-deploy-both-is-200": Cell(PUBLIC, Actor.DEPLOY_BOTH, (200,)),
    "outcome.get-private-deploy-both-is-200": Cell(PRIVATE, Actor.DEPLOY_BOTH, (200,)),
}


def _by_every_credential(verb: str, actor: str, visibility: Visibility, status: int) -> Iterator[tuple[str, Cell]]:
    user, job = Actor(f"user-{actor}"), Actor(f"job-{actor}")
    before, after = f"outcome.{verb}-{visibility.value}-{actor}", f"-is-{status}"
    yield f"{before}{after}", Cell(visibility, user, (status,))
    yield f"{before}-basic{after}", Cell(visibility, user, (status,), scheme=AuthenticationScheme.BASIC)
    yield f"{before}-job{after}", Cell(visibility, job, (status,))
    if verb == "get" and actor in {"developer", "outsider"}:
        yield (
            f"{before}-job-basic{after}",
            Cell(visibility, job, (status,), scheme=AuthenticationScheme.BASIC, user=JOB_TOKEN_USER),
        )


def _publishes() -> Iterator[tuple[str, Cell]]:
    yield from PUT_CELLS.items()
    for actor, (public, private) in PUT_BY_ROLE.items():
        yield from _by_every_credential("put", actor, PUBLIC, public)
        yield from _by_every_credential("put", actor, PRIVATE, private)


def _downloads() -> Iterator[tuple[str, Cell]]:
    yield from GET_CELLS.items()
    for actor, (public, *private) in GET_BY_ROLE.items():
        yield from _by_every_credential("get", actor, PUBLIC, public)
        for status in sorted(set(private)):
            yield from _by_every_credential("get", actor, PRIVATE, status)


@judges_each({identifier: cell for identifier, cell in _publishes() if cell.status == (201,)})
def test_publish_accepted(case: Cell, registry: Registry, expect: Evaluator) -> None:
    """A credential that suffices, in the way it is carried."""
    expect_publish_accepted(case, registry, expect)


@judges_each({identifier: cell for identifier, cell in _publishes() if cell.status != (201,)})
def test_publish_refused(case: Cell, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """The control differs in the credential alone: at the same place the writer is accepted."""
    expect_publish_refused(case, registry, expect, control)


@judges_each({identifier: cell for identifier, cell in _downloads() if cell.status == (200,)})
def test_download_accepted(case: Cell, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A credential that suffices, in the way it is carried."""
    expect_download_accepted(case, registry, expect, control)


@judges_each({identifier: cell for identifier, cell in _downloads() if cell.status != (200,)})
def test_download_refused(case: Cell, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """The control differs in the credential alone: the same file downloads for the writer."""
    expect_download_refused(case, registry, expect, control)


@judges("outcome.get-private-open-registry-anonymous-is-200")
def test_get_private_open_registry_anonymous_is_200(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """The control differs in the access level of the package registry alone."""
    project = registry.access.subgroup("open").project
    file = stored(registry, control, project=project)
    control(registry.download(file.location, project=project, credential=None), "closed").status(401)
    level = {"package_registry_access_level": "public"}
    control(registry.call("PUT", f"/projects/{project.id}", document=level), "opened").status(200)
    expect(registry.download(file.location, project=project, credential=None)).status(200)
