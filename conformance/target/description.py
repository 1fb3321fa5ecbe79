"""What the user says of the target: its address, how to get in, what it does not offer, what is known to fail."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.requirements.catalogue import Catalogue
from conformance.target.access import Carriage, Credential, Project, Role, Visibility
from conformance.transport.address import Address, AddressError, parse_address
from conformance.transport.redaction import SHORTEST_SECRET

KEYS = {"url", "writer", "projects", "tokens", "capabilities-off", "expected-failures"}


class TargetError(Exception):
    """The description of the target cannot be used; the message says what to change."""


@dataclass(frozen=True, slots=True)
class TargetDescription:
    """A target as described.

    `owner` is the one credential with which the run provisions what it needs; without it the description declares
    `projects`, a `writer` and the `credentials` of roles itself.
    """

    address: Address
    owner: Credential | None = None
    writer: Credential | None = None
    projects: Mapping[Visibility, Project] = field(default_factory=dict)
    credentials: Mapping[tuple[Role, Visibility], Credential] = field(default_factory=dict)
    capabilities_off: frozenset[str] = frozenset()
    expected_failures: Mapping[str, str] = field(default_factory=dict)

    def known_credentials(self) -> list[Credential]:
        """Return every credential in the description."""
        return [credential for credential in (self.owner, self.writer, *self.credentials.values()) if credential]


def describe_by_token_file(url: str, token_file: Path) -> TargetDescription:
    """Return the target at `url` with the owner's token in a file.

    Raises TargetError when the URL or the file cannot be used.
    """
    token = Credential("TOKEN", _read_token(token_file), Carriage.PRIVATE_TOKEN)
    return TargetDescription(_address(url), owner=token)


def describe_by_target_file(path: Path, catalogue: Catalogue, url: str | None = None) -> TargetDescription:
    """Return the target that a TOML file describes; `url` outweighs the file's own.

    Raises TargetError when the file cannot be used or names an unknown key, role, capability or requirement.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TargetError(f"the target file {path} cannot be read: {error}") from error
    _only(document, KEYS, str(path))
    address = url or document.get("url")
    if not isinstance(address, str):
        raise TargetError(f"{path} has no url and none is given on the command line")
    if "writer" not in document or "projects" not in document:
        raise TargetError(f"{path} must name a writer's token and at least one project")
    return TargetDescription(
        _address(address),
        writer=_credential("WRITER_TOKEN", document["writer"], Carriage.PRIVATE_TOKEN, path.parent),
        projects=_projects(document["projects"]),
        credentials=_credentials(document.get("tokens", {}), path.parent),
        capabilities_off=_capabilities(document.get("capabilities-off", []), catalogue),
        expected_failures=_expected_failures(document.get("expected-failures", {}), catalogue),
    )


def _projects(table: Any) -> dict[Visibility, Project]:  # noqa: ANN401 - unchecked TOML
    _only(table, set(Visibility), "projects")
    projects = {}
    for name, entry in table.items():
        if (
            not isinstance(entry, dict)
            or not isinstance(entry.get("id"), int)
            or not isinstance(entry.get("path"), str)
        ):
            raise TargetError(f'projects.{name} must be {{ id = NUMBER, path = "group/project" }}')
        projects[Visibility(name)] = Project(entry["id"], entry["path"], Visibility(name))
    return projects


def _credentials(table: Any, folder: Path) -> dict[tuple[Role, Visibility], Credential]:  # noqa: ANN401 - unchecked TOML
    _only(table, set(Visibility), "tokens")
    credentials = {}
    for visibility, roles in table.items():
        _only(roles, set(Role), f"tokens.{visibility}")
        for name, entry in roles.items():
            role = Role(name)
            variable = f"{name}_{visibility}_token".upper().replace("-", "_")
            credentials[role, Visibility(visibility)] = _credential(variable, entry, role.carriage, folder)
    return credentials


def _credential(variable: str, entry: Any, carriage: Carriage, folder: Path) -> Credential:  # noqa: ANN401 - unchecked TOML
    """Return a credential whose secret is in a file beside the target file or in an environment variable."""
    match entry:
        case {"file": str(name)}:
            return Credential(variable, _read_token(folder / name), carriage)
        case {"environment": str(name)}:
            if not os.environ.get(name):
                raise TargetError(f"the environment variable {name} is not set")
            return Credential(variable, _usable(os.environ[name], f"the environment variable {name}"), carriage)
    raise TargetError(f'{variable} must be {{ file = "NAME" }} or {{ environment = "NAME" }}')


def _capabilities(names: Any, catalogue: Catalogue) -> frozenset[str]:  # noqa: ANN401 - unchecked TOML
    unknown = [str(name) for name in names if name not in catalogue.capabilities]
    if unknown:
        known = ", ".join(sorted(catalogue.capabilities))
        raise TargetError(f"capabilities-off names {', '.join(unknown)}; the capabilities are {known}")
    return frozenset(names)


def _expected_failures(table: Any, catalogue: Catalogue) -> dict[str, str]:  # noqa: ANN401 - unchecked TOML
    _only(table, set(catalogue.by_id), "expected-failures")
    return {identifier: str(reason) for identifier, reason in table.items()}


def _only(table: Any, known: set[str], where: str) -> None:  # noqa: ANN401 - unchecked TOML
    if not isinstance(table, dict):
        raise TargetError(f"{where} must be a table")
    for key in table:
        if key not in known:
            raise TargetError(f"{where} names {key!r}, which is unknown")


def _read_token(path: Path) -> str:
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise TargetError(f"the token file {path} cannot be read: {error}") from error
    return _usable(token, f"the token file {path}")


def _usable(token: str, where: str) -> str:
    if len(token) < SHORTEST_SECRET or not token.isascii() or not token.isprintable() or " " in token:
        raise TargetError(f"{where} must hold one token of at least {SHORTEST_SECRET} characters and nothing else")
    return token


def _address(url: str) -> Address:
    try:
        return parse_address(url)
    except AddressError as error:
        raise TargetError(str(error)) from error
