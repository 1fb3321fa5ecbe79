"""Cells of the outcome tables: who asks which project, how, and what follows; and how each is judged."""

from dataclasses import dataclass

from conformance.judging.expectations import Evaluator
from conformance.target.access import Actor, AuthenticationScheme, Credential, Visibility
from conformance.target.registry import FileLocation, Registry
from conformance.transport.response import Response

PUBLIC, PRIVATE = Visibility.PUBLIC, Visibility.PRIVATE
INVALID_TOKEN = Credential("", "glpat-of-nobody-00000", AuthenticationScheme.PRIVATE_TOKEN)
INVALID_DEPLOY_TOKEN = Credential("", "gldt-of-nobody-000000", AuthenticationScheme.DEPLOY_TOKEN)
INVALID_JOB_TOKEN = Credential("", "glcbt-of-nobody-00000", AuthenticationScheme.JOB_TOKEN)
INVALID_BASIC = INVALID_TOKEN.with_scheme(AuthenticationScheme.BASIC)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the status or statuses that follow when `who`, a role, an unknown credential or nobody, asks.

    `carriage` carries a role's token in another way than its kind's own header, Basic with `user` as the name.
    """

    visibility: Visibility
    who: Actor | Credential | None
    status: tuple[int, ...]
    scheme: AuthenticationScheme | None = None
    user: str = "conformance"

    def credential(self, registry: Registry) -> Credential | None:
        """Return the credential of the cell."""
        if not isinstance(self.who, Actor):
            return self.who
        credential = registry.access.credential(self.who, self.visibility)
        return credential.with_scheme(self.scheme, self.user) if self.scheme else credential


def publish_as(registry: Registry, location: FileLocation, cell: Cell) -> Response:
    """Publish a small file as the cell says."""
    credential = cell.credential(registry)
    return registry.publish(location, registry.content(), visibility=cell.visibility, credential=credential)


def download_as(registry: Registry, cell: Cell) -> Response:
    """Download the shared file of the cell's project as the cell says."""
    location = registry.shared(cell.visibility).location
    return registry.download(location, visibility=cell.visibility, credential=cell.credential(registry))


def expect_publish_accepted(cell: Cell, registry: Registry, expect: Evaluator) -> None:
    """Expect the cell's status; label "status"."""
    expect(publish_as(registry, registry.location(), cell)).status(*cell.status)


def expect_publish_refused(cell: Cell, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Expect the cell's status, and control that at the same place the writer is accepted.

    Labels "writer status", a control, then "status".
    """
    location = registry.location()
    response = publish_as(registry, location, cell)
    control(registry.publish(location, registry.content(), visibility=cell.visibility), "writer").status(201)
    expect(response).status(*cell.status)


def expect_download_accepted(cell: Cell, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Expect the cell's status and the shared file; labels "published status", a control, "status" and "body"."""
    file = registry.shared(cell.visibility)
    control(file.response, "published").status(201)
    response = download_as(registry, cell)
    expect(response).status(*cell.status)
    expect(response).body(file.content)


def expect_download_refused(cell: Cell, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Expect the cell's status, and control that the same file downloads for the writer.

    Labels "writer status", a control, then "status".
    """
    response = download_as(registry, cell)
    location = registry.shared(cell.visibility).location
    control(registry.download(location, visibility=cell.visibility), "writer").status(200)
    expect(response).status(*cell.status)
