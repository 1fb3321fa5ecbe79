"""Cells of the outcome tables: who asks which project, how, and what follows; and how each is judged."""

from dataclasses import dataclass

from conformance.judging.expectations import Judge
from conformance.target.access import Carriage, Credential, Role, Visibility
from conformance.target.registry import Place, Registry
from conformance.transport.answer import Answer

PUBLIC, PRIVATE = Visibility.PUBLIC, Visibility.PRIVATE
INVALID_TOKEN = Credential("", "glpat-of-nobody-00000", Carriage.PRIVATE_TOKEN)
INVALID_DEPLOY_TOKEN = Credential("", "gldt-of-nobody-000000", Carriage.DEPLOY_TOKEN)
INVALID_JOB_TOKEN = Credential("", "glcbt-of-nobody-00000", Carriage.JOB_TOKEN)
INVALID_BASIC = INVALID_TOKEN.carried(Carriage.BASIC)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the status or statuses that follow when `who`, a role, an unknown credential or nobody, asks.

    `carriage` carries a role's token in another way than its kind's own header, Basic with `user` as the name.
    """

    visibility: Visibility
    who: Role | Credential | None
    status: tuple[int, ...]
    carriage: Carriage | None = None
    user: str = "conformance"

    def credential(self, registry: Registry) -> Credential | None:
        """Return the credential of the cell."""
        if not isinstance(self.who, Role):
            return self.who
        credential = registry.access.credential(self.who, self.visibility)
        return credential.carried(self.carriage, self.user) if self.carriage else credential


def publish_as(registry: Registry, place: Place, cell: Cell) -> Answer:
    """Publish a small file as the cell says."""
    credential = cell.credential(registry)
    return registry.publish(place, registry.content(), visibility=cell.visibility, credential=credential)


def download_as(registry: Registry, cell: Cell) -> Answer:
    """Download the shared file of the cell's project as the cell says."""
    place = registry.shared(cell.visibility).place
    return registry.download(place, visibility=cell.visibility, credential=cell.credential(registry))


def expect_publish_accepted(cell: Cell, registry: Registry, expect: Judge) -> None:
    """Expect the cell's status; label "status"."""
    expect(publish_as(registry, registry.place(), cell)).status(*cell.status)


def expect_publish_refused(cell: Cell, registry: Registry, expect: Judge, control: Judge) -> None:
    """Expect the cell's status, and control that at the same place the writer is accepted.

    Labels "writer status", a control, then "status".
    """
    place = registry.place()
    answer = publish_as(registry, place, cell)
    control(registry.publish(place, registry.content(), visibility=cell.visibility), "writer").status(201)
    expect(answer).status(*cell.status)


def expect_download_accepted(cell: Cell, registry: Registry, expect: Judge, control: Judge) -> None:
    """Expect the cell's status and the shared file; labels "published status", a control, "status" and "body"."""
    file = registry.shared(cell.visibility)
    control(file.answer, "published").status(201)
    answer = download_as(registry, cell)
    expect(answer).status(*cell.status)
    expect(answer).body(file.content)


def expect_download_refused(cell: Cell, registry: Registry, expect: Judge, control: Judge) -> None:
    """Expect the cell's status, and control that the same file downloads for the writer.

    Labels "writer status", a control, then "status".
    """
    answer = download_as(registry, cell)
    place = registry.shared(cell.visibility).place
    control(registry.download(place, visibility=cell.visibility), "writer").status(200)
    expect(answer).status(*cell.status)
