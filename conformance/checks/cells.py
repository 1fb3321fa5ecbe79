"""Cells of the table of outcomes: who asks which project, by which token carried how, and what follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.requirements.catalogue import load_catalogue
from conformance.target.access import Carriage, Credential, Role, Visibility
from conformance.target.registry import Place, Registry
from conformance.transport.answer import Answer

PUBLIC, PRIVATE = Visibility.PUBLIC, Visibility.PRIVATE
INVALID_TOKEN = Credential("", "glpat-of-nobody-00000", Carriage.PRIVATE_TOKEN)
INVALID_DEPLOY_TOKEN = Credential("", "gldt-of-nobody-000000", Carriage.DEPLOY_TOKEN)
INVALID_JOB_TOKEN = Credential("", "glcbt-of-nobody-00000", Carriage.JOB_TOKEN)
INVALID = {
    Carriage.DEPLOY_TOKEN: INVALID_DEPLOY_TOKEN,
    Carriage.JOB_TOKEN: INVALID_JOB_TOKEN,
    Carriage.JOB_TOKEN_PARAMETER: INVALID_JOB_TOKEN,
}
UNKNOWN, NOBODY = "unknown", "nobody"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the status or statuses that follow when `who`, a role, an unknown credential or nobody, asks.

    `carriage` carries a role's token in another way than its kind's own header, Basic with `user` as the name.
    """

    visibility: Visibility
    who: Role | Credential | None
    status: tuple[int, ...] = ()
    carriage: Carriage | None = None
    user: str = "conformance"

    def credential(self, registry: Registry) -> Credential | None:
        """Return the credential of the cell, None for nobody."""
        if not isinstance(self.who, Role):
            return self.who
        credential = registry.access.credential(self.who, self.visibility)
        return credential.carried(self.carriage, self.user) if self.carriage else credential


def cells_of(operation: str) -> dict[str, Cell]:
    """Return the cells of PUT or of GET by requirement id."""
    cases = load_catalogue().cases("outcome")
    return {identifier: _cell(operation, case) for identifier, case in cases.items() if operation in case}


def _cell(operation: str, case: Mapping[str, Any]) -> Cell:
    name, _, user = case.get("scheme", "").partition(" ")
    scheme = Carriage(name) if name else None
    status = case["status"]
    return Cell(
        Visibility(case[operation]),
        _who(case["actor"], scheme),
        tuple(status) if isinstance(status, list) else (status,),
        scheme,
        user or "conformance",
    )


def _who(actor: str, scheme: Carriage | None) -> Role | Credential | None:
    if actor == NOBODY:
        return None
    if actor == UNKNOWN and scheme:
        return INVALID.get(scheme, INVALID_TOKEN).carried(scheme)
    return Role(actor)


def publish_as(registry: Registry, place: Place, cell: Cell) -> Answer:
    """Publish a small file as the cell says."""
    credential = cell.credential(registry)
    return registry.publish(place, registry.content(), visibility=cell.visibility, credential=credential)


def download_as(registry: Registry, cell: Cell) -> Answer:
    """Download the shared file of the cell's project as the cell says."""
    place = registry.shared(cell.visibility).place
    return registry.download(place, visibility=cell.visibility, credential=cell.credential(registry))
