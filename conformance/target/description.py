"""What the user says of the target: its address, how to get in, what it does not offer, what is known to fail."""

import os
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from conformance.requirements.catalogue import Catalogue
from conformance.target.access import Actor, AuthenticationScheme, Credential, TargetProject, Visibility
from conformance.transport.address import Address, AddressError, parse_address
from conformance.transport.redaction import SHORTEST_SECRET, is_token

FEW = 40
KEYS = {"url", "writer", "projects", "tokens", "capabilities-off", "expected-failures"}


class TargetError(Exception):
    """The description of the target cannot be used; the message says what to change."""


@dataclass(frozen=True, slots=True)
class TargetDescription:
    """A target as described.

    `owner` is the one credential with which the run provisions what it needs; without it the description declares
    `projects`, a `writer` and the `credentials` of actors itself.
    """

    address: Address
    owner: Credential | None = None
    writer: Credential | None = None
    projects: Mapping[Visibility, TargetProject] = field(default_factory=dict)
    credentials: Mapping[tuple[Actor, Visibility], Credential] = field(default_factory=dict)
    capabilities_off: frozenset[str] = frozenset()
    expected_failures: Mapping[str, str] = field(default_factory=dict)

    def known_credentials(self) -> list[Credential]:
        """Return every credential in the description."""
        return [credential for credential in (self.owner, self.writer, *self.credentials.values()) if credential]


def describe_by_token_file(url: str, token_file: Path) -> TargetDescription:
    """Return the target at `url` with the owner's token in a file.

    Raises TargetError when the file cannot be used, AddressError when the URL cannot.
    """
    token = _from_file("TOKEN", token_file, AuthenticationScheme.PRIVATE_TOKEN, "--token-file names ")
    return TargetDescription(parse_address(url), owner=token)


def describe_by_target_file(path: Path, catalogue: Catalogue, url: str | None = None) -> TargetDescription:
    """Return the target that a TOML file describes; `url` outweighs the file's own.

    Raises TargetError when the file cannot be used or names an unknown key, role, capability or requirement.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TargetError(f"the target file {path} cannot be read: {error}") from error
    try:
        return _described(document, path.parent, catalogue, url)
    except (TargetError, AddressError) as error:
        raise TargetError(f"{path}: {error}") from error


def _described(document: dict[str, Any], folder: Path, catalogue: Catalogue, url: str | None) -> TargetDescription:
    _only(document, KEYS, "the file")
    address = url or document.get("url")
    if not isinstance(address, str):
        raise TargetError("has no url and none is given on the command line")
    for key in ("writer", "projects"):
        if not document.get(key):
            raise TargetError(f"{key} is missing; the file must name a writer's token and a public project")
    return TargetDescription(
        parse_address(address),
        writer=_credential("WRITER_TOKEN", document["writer"], AuthenticationScheme.PRIVATE_TOKEN, folder, "writer"),
        projects=_projects(document["projects"]),
        credentials=_credentials(document.get("tokens", {}), folder),
        capabilities_off=_capabilities(document.get("capabilities-off", []), catalogue),
        expected_failures=_expected_failures(document.get("expected-failures", {}), catalogue),
    )


def _projects(table: Any) -> dict[Visibility, TargetProject]:  # noqa: ANN401 - unchecked TOML
    _only(table, set(Visibility), "projects")
    projects = {}
    for name, entry in table.items():
        if (
            not isinstance(entry, dict)
            or not isinstance(entry.get("id"), int)
            or not isinstance(entry.get("path"), str)
        ):
            raise TargetError(f'projects.{name} must be {{ id = NUMBER, path = "group/project" }}')
        projects[Visibility(name)] = TargetProject(entry["id"], entry["path"], Visibility(name))
    if Visibility.PUBLIC not in projects:
        raise TargetError("projects.public is missing; most requirements are judged in a public project")
    return projects


def _credentials(table: Any, folder: Path) -> dict[tuple[Actor, Visibility], Credential]:  # noqa: ANN401 - unchecked TOML
    _only(table, set(Visibility), "tokens")
    credentials = {}
    for visibility, roles in table.items():
        _only(roles, set(Actor), f"tokens.{visibility}")
        for name, entry in roles.items():
            actor = Actor(name)
            variable = f"{name}_{visibility}_token".upper().replace("-", "_")
            credentials[actor, Visibility(visibility)] = _credential(
                variable, entry, actor.scheme, folder, f"tokens.{visibility}.{name}"
            )
    return credentials


def _credential(
    variable: str,
    entry: Any,  # noqa: ANN401 - unchecked TOML
    scheme: AuthenticationScheme,
    folder: Path,
    key: str,
) -> Credential:
    """Return a credential whose secret is in a file beside the target file or in an environment variable."""
    match entry:
        case {"file": str(name)}:
            return _from_file(variable, folder / name, scheme, f"{key} names ")
        case {"environment": str(name)}:
            where = f"{key} names the environment variable {name}, which"
            if not os.environ.get(name):
                raise TargetError(f"{where} is not set")
            secret = _usable(os.environ[name], where)
            return Credential(variable, secret, scheme, setting=f'export {variable}="${name}"')
    raise TargetError(f'{key} must be {{ file = "NAME" }} or {{ environment = "NAME" }}, never the token itself')


def _from_file(variable: str, path: Path, scheme: AuthenticationScheme, where: str) -> Credential:
    setting = f'export {variable}="$(cat {shlex.quote(str(path.absolute()))})"'
    return Credential(variable, _read_token(path, where), scheme, setting=setting)


def _capabilities(names: Any, catalogue: Catalogue) -> frozenset[str]:  # noqa: ANN401 - unchecked TOML
    if not isinstance(names, list):
        raise TargetError('capabilities-off must be a list, like ["nested-files"]')
    for name in names:
        if name not in catalogue.capabilities:
            raise TargetError(f"capabilities-off names {name!r}, which is unknown{_hint(name, catalogue.capabilities)}")
    return frozenset(names)


def _expected_failures(table: Any, catalogue: Catalogue) -> dict[str, str]:  # noqa: ANN401 - unchecked TOML
    _only(table, set(catalogue.by_id), "expected-failures")
    for identifier, reason in table.items():
        if not isinstance(reason, str) or not reason.strip():
            raise TargetError(f'expected-failures."{identifier}" must be the reason, in words')
    return dict(table)


def _only(table: Any, known: set[str], where: str) -> None:  # noqa: ANN401 - unchecked TOML
    if not isinstance(table, dict):
        raise TargetError(f"{where} must be a table")
    for key in table:
        if key not in known:
            raise TargetError(f"{where} names {key!r}, which is unknown{_hint(key, known)}")


def _hint(name: object, known: set[str]) -> str:
    """Return what may have been meant: the nearest name, or all of them where they are few."""
    close = get_close_matches(str(name), known, n=1)
    if close:
        return f"; is it {close[0]}?"
    if len(known) > FEW:
        return "; conformance list shows them all"
    return f"; the known names are {', '.join(sorted(known))}"


def _read_token(path: Path, where: str) -> str:
    try:
        token = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise TargetError(f"{where}the token file {path}, which cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise TargetError(f"{where}the token file {path}, which holds no token") from error
    return _usable(token, f"{where}the token file {path}, which")


def _usable(token: str, where: str) -> str:
    if not is_token(token):
        raise TargetError(
            f"{where} must hold one token and nothing else: at least {SHORTEST_SECRET} letters, digits and signs of "
            "ASCII without a space"
        )
    return token
