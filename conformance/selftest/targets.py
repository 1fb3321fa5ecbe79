"""What a request's target and credential mean: the package file it names and the token it presents."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, unquote, urlencode

from conformance.selftest.messages import Request, without

CREDENTIAL_HEADERS = ("private-token", "deploy-token", "job-token", "authorization")
CREDENTIAL_PARAMETERS = frozenset({"private_token", "job_token", "access_token"})
GENERIC_SEGMENT = "/packages/generic/"
COORDINATES = 3


@dataclass(frozen=True, slots=True)
class PackageFile:
    """The target of a package file; every part as it stands on the wire, percent-encoding included."""

    project: str
    name: str
    version: str
    file_name: str
    query: str

    @property
    def decoded(self) -> tuple[str, str, str, str]:
        """Return project, name, version and file name with percent-encoding removed once."""
        return unquote(self.project), unquote(self.name), unquote(self.version), unquote(self.file_name)

    @property
    def package(self) -> tuple[str, str, str]:
        """Return what identifies the package: project, name and version, decoded."""
        return self.decoded[:3]

    @property
    def parameters(self) -> dict[str, str]:
        """Return the decoded query parameters, the last of each name."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def with_parameters(self, **changes: str | None) -> PackageFile:
        """Return this target with parameters set, or left out where the value is None."""
        merged = {**self.parameters, **changes}
        return replace(self, query=urlencode({key: value for key, value in merged.items() if value is not None}))

    @property
    def target(self) -> str:
        """Return the request target of this package file."""
        path = f"/api/v4/projects/{self.project}{GENERIC_SEGMENT}{self.name}/{self.version}/{self.file_name}"
        return f"{path}?{self.query}" if self.query else path


def package_file(request: Request) -> PackageFile | None:
    """Return the package file that a request is about, or None when its target names none."""
    path, _, query = request.target.partition("?")
    before, found, after = path.partition(GENERIC_SEGMENT)
    parts = after.split("/", COORDINATES - 1)
    if not found or len(parts) < COORDINATES:
        return None
    return PackageFile(before.rpartition("/")[2], parts[0], parts[1], parts[2], query)


def publishes(request: Request) -> bool:
    """Say whether a request publishes a package file."""
    return request.method == "PUT" and GENERIC_SEGMENT in request.target


def downloads(request: Request) -> bool:
    """Say whether a request is a GET of a package file."""
    return request.method == "GET" and GENERIC_SEGMENT in request.target


def inspects(request: Request) -> bool:
    """Say whether a request is a HEAD of a package file."""
    return request.method == "HEAD" and GENERIC_SEGMENT in request.target


def reads(request: Request) -> bool:
    """Say whether a request is a GET or HEAD of a package file."""
    return downloads(request) or inspects(request)


def concerns_package_file(request: Request) -> bool:
    """Say whether a request, by any method, is about a package file."""
    return GENERIC_SEGMENT in request.target


def project_of(request: Request) -> str:
    """Return the project that a request is about as its target names it, empty when it names none."""
    _, found, after = request.target.partition("?")[0].partition("/api/v4/projects/")
    return after.partition("/")[0] if found else ""


@dataclass(frozen=True, slots=True)
class Presented:
    """A credential as presented: the header or parameter (lower case, `basic` or `bearer`), the secret, the user."""

    carriage: str
    secret: str
    user: str = ""


def presented(request: Request) -> Presented | None:
    """Return the credential a request presents, or None for an anonymous one."""
    for name in CREDENTIAL_HEADERS[:-1]:
        if value := request.header(name):
            return Presented(name, value)
    if authorization := request.header("authorization"):
        return _authorization(authorization)
    for key, value in parse_qsl(request.target.partition("?")[2]):
        if key in CREDENTIAL_PARAMETERS:
            return Presented(key, value)
    return None


def _authorization(value: str) -> Presented:
    scheme, _, rest = value.partition(" ")
    if scheme.lower() != "basic":
        return Presented(scheme.lower(), rest)
    try:
        pair = base64.b64decode(rest, validate=True).decode("latin-1")
    except binascii.Error:
        return Presented("basic", "")
    user, _, password = pair.partition(":")
    return Presented("basic", password, user)


def anonymous(request: Request) -> Request:
    """Return a request without the credential that it presents."""
    path, _, query = request.target.partition("?")
    kept = [part for part in query.split("&") if part.partition("=")[0] not in CREDENTIAL_PARAMETERS]
    target = f"{path}?{'&'.join(kept)}" if any(kept) else path
    bare = request if target == request.target else request.with_target(target)
    return replace(bare, headers=without(request.headers, *CREDENTIAL_HEADERS))


def authorised_by(request: Request, token: str) -> Request:
    """Return a request that presents the access token `token` and nothing else."""
    return anonymous(request).with_header("PRIVATE-TOKEN", token)
