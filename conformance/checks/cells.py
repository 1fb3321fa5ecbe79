"""Cells of the table of outcomes: who asks which project, by which token carried how, and what follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.requirements.catalogue import load_catalogue
from conformance.target.access import Actor, AuthenticationScheme, Credential, Visibility
from conformance.target.registry import FileLocation, Registry
from conformance.transport.response import Response

PUBLIC, PRIVATE = Visibility.PUBLIC, Visibility.PRIVATE
INVALID_TOKEN = Credential("", "glpat-of-nobody-00000", AuthenticationScheme.PRIVATE_TOKEN)
INVALID_SECRETS = {
    AuthenticationScheme.DEPLOY_TOKEN: "gldt-of-nobody-000000",
    AuthenticationScheme.JOB_TOKEN: "glcbt-of-nobody-00000",
    AuthenticationScheme.JOB_TOKEN_PARAMETER: "glcbt-of-nobody-00000",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the status or statuses that follow when `caller`, an actor, an unknown credential or nobody, asks.

    `scheme` carries an actor's token in another way than its kind's own header, Basic with `user` as the name.
    """

    visibility: Visibility
    caller: Actor | Credential | None
    status: tuple[int, ...] = ()
    scheme: AuthenticationScheme | None = None
    user: str = "conformance"

    def credential(self, registry: Registry) -> Credential | None:
        """Return the credential of the cell, None for nobody."""
        if not isinstance(self.caller, Actor):
            return self.caller
        credential = registry.access.credential(self.caller, self.visibility)
        return credential.with_scheme(self.scheme, self.user) if self.scheme else credential


def cells_of(operation: str) -> dict[str, Cell]:
    """Return the cells of PUT or of GET by requirement id."""
    cases = load_catalogue().cases("outcome")
    return {identifier: _cell(operation, case) for identifier, case in cases.items() if operation in case}


def _cell(operation: str, case: Mapping[str, Any]) -> Cell:
    name, _, user = case.get("scheme", "").partition(" ")
    scheme = AuthenticationScheme(name) if name else None
    status = case["status"]
    return Cell(
        Visibility(case[operation]),
        _caller(case["actor"], scheme),
        tuple(status) if isinstance(status, list) else (status,),
        scheme,
        user or "conformance",
    )


def _caller(actor: str, scheme: AuthenticationScheme | None) -> Actor | Credential | None:
    if actor == "nobody":
        return None
    if actor == "unknown" and scheme:
        return Credential("", INVALID_SECRETS.get(scheme, INVALID_TOKEN.secret), scheme)
    return Actor(actor)


def publish_as(registry: Registry, location: FileLocation, cell: Cell) -> Response:
    """Publish a small file as the cell says."""
    credential = cell.credential(registry)
    return registry.publish(location, registry.content(), visibility=cell.visibility, credential=credential)


def download_as(registry: Registry, cell: Cell) -> Response:
    """Download the shared file of the cell's project as the cell says."""
    location = registry.shared(cell.visibility).location
    return registry.download(location, visibility=cell.visibility, credential=cell.credential(registry))
