"""Who may make a call: authentication by what the contract declares on each call."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from generic_packages.storage.v1 import credential_pb2, operations_pb2
from google.protobuf.descriptor import Descriptor, FileDescriptor

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access import origin
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.callers import (
    Anonymous,
    AuthenticationScheme,
    Caller,
    CallerKind,
    Presented,
    UserCaller,
)
from reference_server.storage.access.failed_authentications import FailedAuthentications
from reference_server.storage.access.job_tokens import taken_kinds
from reference_server.storage.access.tokens import digest
from reference_server.storage.rules.gitlab import GitLab

_NAMES_NO_VALID_TOKEN = frozenset({Reason.CREDENTIAL_INVALID, Reason.CREDENTIAL_EXPIRED, Reason.CREDENTIAL_REVOKED})
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


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a service or a kind of operation: its name, the type of its request, and what it declares."""

    name: str
    request: Descriptor
    declared: credential_pb2.Admission


class Admission:
    """Authenticates the caller of each call or operation, once, as the followed GitLab does.

    Raise UndeclaredCallError for a contract with one that declares nothing.
    """

    def __init__(
        self,
        authentication: Authentication,
        failures: FailedAuthentications,
        contract: Iterable[FileDescriptor],
        gitlab: GitLab,
    ) -> None:
        self._authentication = authentication
        self._failures = failures
        self._admitted = {
            call.request.full_name: taken_kinds(call.request.name, admitted_kinds(call), gitlab)
            for call in calls(contract)
        }

    def caller(self, request: CredentialedRequest) -> Caller:
        """Return who calls, of the kinds that the call declares.

        Raise as `Authentication.admit`; AUTHENTICATION_LIMITED after too many failures of the client's address.
        """
        admitted = self._admitted[request.DESCRIPTOR.full_name]
        return self._admit(presented(request.credentials), admitted)

    def recognize(self, request: CredentialedRequest) -> None:
        """Let credentials through that belong to somebody. Raise as `Authentication.admit`.

        What fails is not counted: the request that presented them makes a call of its own, which counts it. Raise
        AUTHENTICATION_LIMITED after too many failures of the client's address.
        """
        credentials = presented(request.credentials)
        if credentials:
            self._failures.check(origin.current().client_address, credentials[0].digest)
        self._authentication.admit(credentials, self._admitted[request.DESCRIPTOR.full_name])

    def bind(self, request: CredentialedRequest) -> Callable[[], Caller]:
        """Return a way to authenticate the caller of a request now and again later. It holds digests, no secret."""
        admitted = self._admitted[request.DESCRIPTOR.full_name]
        return functools.partial(self._admit, presented(request.credentials), admitted)

    def _admit(self, credentials: Sequence[Presented], admitted: frozenset[CallerKind]) -> Caller:
        """Authenticate, note who calls, and count what failed. Raise AUTHENTICATION_LIMITED where that is too much."""
        if not credentials:
            caller = self._authentication.admit(credentials, admitted)
            origin.note_caller(caller)
            return caller
        address, first = origin.current().client_address, credentials[0].digest
        self._failures.check(address, first)
        try:
            caller = self._authentication.admit(credentials, admitted)
        except Failure as failure:
            if failure.reason in _NAMES_NO_VALID_TOKEN:
                self._failures.note_failure(address)
            raise
        if isinstance(caller, Anonymous):
            self._failures.note_failure(address)
        else:
            self._failures.note_success(address, first)
        origin.note_caller(caller)
        return caller

    @contextlib.contextmanager
    def by_token(self, secret: str) -> Iterator[None]:
        """Let a call be made whose authority is a token among its parameters; one that is refused counts as failed.

        Raise AUTHENTICATION_LIMITED.
        """
        address, token = origin.current().client_address, digest(secret)
        self._failures.check(address, token)
        try:
            yield
        except Failure as failure:
            if failure.reason == Reason.ROLE_INSUFFICIENT:
                self._failures.note_failure(address)
            raise
        self._failures.note_success(address, token)

    def user(self, request: CredentialedRequest) -> UserCaller:
        """Return which user calls, of a call that lets nobody else in. Raise as `Authentication.admit`."""
        caller = self.caller(request)
        if not isinstance(caller, UserCaller):
            raise TypeError(f"{request.DESCRIPTOR.name} declares callers that are no users")
        return caller


def calls(contract: Iterable[FileDescriptor]) -> Iterator[Call]:
    """Yield every call of the contract and every kind of operation."""
    for file in contract:
        for service in file.services_by_name.values():
            for method in service.methods:
                yield Call(method.name, method.input_type, method.GetOptions().Extensions[credential_pb2.admission])
    for kind in operations_pb2.Operation.DESCRIPTOR.oneofs_by_name["kind"].fields:
        if kind.message_type is not None:
            yield Call(kind.name, kind.message_type, kind.GetOptions().Extensions[credential_pb2.operation_admission])


def admitted_kinds(call: Call) -> frozenset[CallerKind]:
    """Return the kinds of caller that a call lets in; none where something else is its authority.

    Raise UndeclaredCallError.
    """
    if bool(call.declared.callers) == bool(call.declared.authority):
        raise UndeclaredCallError(f"{call.name} must declare its callers or its authority, not both")
    return frozenset(CallerKind(kind) for kind in call.declared.callers)


def presented(credentials: Iterable[credential_pb2.Credential]) -> tuple[Presented, ...]:
    """Read credentials; a secret goes no further than here. Raise PARAMETER_INVALID for an unknown scheme."""
    return tuple([_presented(credential) for credential in credentials])


def _presented(credential: credential_pb2.Credential) -> Presented:
    scheme = _SCHEMES.get(credential.scheme)
    if scheme is None:
        raise Failure(Reason.PARAMETER_INVALID, "a credential has no known scheme", parameter="credentials")
    return Presented(scheme, credential.username, digest(credential.secret))
