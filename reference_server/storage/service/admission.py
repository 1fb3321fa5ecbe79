"""Who may make a call: authentication by what the contract declares on each call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from generic_packages.storage.v1 import credential_pb2
from google.protobuf.descriptor import Descriptor, FileDescriptor, MethodDescriptor

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.callers import (
    AuthenticationScheme,
    Caller,
    CallerKind,
    DeployTokenCaller,
    Presented,
    UserCaller,
)
from reference_server.storage.access.tokens import digest

_SCHEMES = {int(scheme): scheme for scheme in AuthenticationScheme}


class CredentialedRequest(Protocol):
    """The request of a call that takes credentials."""

    @property
    def credentials(self) -> Sequence[credential_pb2.Credential]:
        """The credentials that the client presented."""

    @property
    def DESCRIPTOR(self) -> Descriptor:  # noqa: N802 -- protobuf's name
        """The type of the request."""


class UndeclaredCallError(Exception):
    """A call of the contract declares neither who may make it nor what stands in the place of credentials."""


class Admission:
    """Authenticates the caller of each call, once. Raise UndeclaredCallError for a contract with an undeclared call."""

    def __init__(self, authentication: Authentication, contract: Iterable[FileDescriptor]) -> None:
        self._authentication = authentication
        self._admitted = {
            method.input_type.full_name: admitted_kinds(method) for file in contract for method in _methods(file)
        }

    def caller(self, request: CredentialedRequest) -> Caller:
        """Return who calls, of the kinds that the call declares. Raise as `Authentication.admit`."""
        admitted = self._admitted[request.DESCRIPTOR.full_name]
        return self._authentication.admit(presented(request.credentials), admitted)

    def known_caller(self, request: CredentialedRequest) -> UserCaller | DeployTokenCaller:
        """Return who calls, of a call that lets nobody anonymous in. Raise as `Authentication.admit`."""
        caller = self.caller(request)
        if not isinstance(caller, UserCaller | DeployTokenCaller):
            raise TypeError(f"{request.DESCRIPTOR.name} declares anonymous callers")
        return caller

    def user(self, request: CredentialedRequest) -> UserCaller:
        """Return which user calls, of a call that lets nobody else in. Raise as `Authentication.admit`."""
        caller = self.caller(request)
        if not isinstance(caller, UserCaller):
            raise TypeError(f"{request.DESCRIPTOR.name} declares callers that are no users")
        return caller


def admitted_kinds(method: MethodDescriptor) -> frozenset[CallerKind]:
    """Return the kinds of caller that a call lets in; none where something else is its authority.

    Raise UndeclaredCallError.
    """
    declared = method.GetOptions().Extensions[credential_pb2.admission]
    if bool(declared.callers) == bool(declared.authority):
        raise UndeclaredCallError(f"{method.full_name} must declare its callers or its authority, not both")
    return frozenset(CallerKind(kind) for kind in declared.callers)


def presented(credentials: Iterable[credential_pb2.Credential]) -> tuple[Presented, ...]:
    """Read credentials; a secret goes no further than here. Raise PARAMETER_INVALID for an unknown scheme."""
    return tuple([_presented(credential) for credential in credentials])


def _presented(credential: credential_pb2.Credential) -> Presented:
    scheme = _SCHEMES.get(credential.scheme)
    if scheme is None:
        raise Failure(Reason.PARAMETER_INVALID, "a credential has no known scheme", parameter="credentials")
    return Presented(scheme, credential.username, digest(credential.secret))


def _methods(file: FileDescriptor) -> Iterator[MethodDescriptor]:
    for service in file.services_by_name.values():
        yield from service.methods
