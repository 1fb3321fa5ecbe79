"""Reaching a storage as its administrator: one that runs, or one started for a moment on a data directory."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import grpc
from generic_packages.storage.v1.credential_pb2 import AUTHENTICATION_SCHEME_PRIVATE_TOKEN, Credential
from generic_packages.storage.v1.identity_pb2_grpc import IdentityServiceStub
from generic_packages.storage.v1.tokens_pb2_grpc import TokensServiceStub

from reference_server.contract.addresses import Address, UnixAddress
from reference_server.contract.failure import Failure
from reference_server.contract.status import read_rpc_error
from reference_server.programs.data_directory import claimed
from reference_server.programs.refusals import StartRefusedError
from reference_server.programs.storage import StorageSettings, serving

if TYPE_CHECKING:
    from generic_packages.storage.v1.identity_pb2_grpc import IdentityServiceAsyncStub
    from generic_packages.storage.v1.tokens_pb2_grpc import TokensServiceAsyncStub

_SECONDS = 30.0
_ROWS = 100  # of a page: the most that the storage gives
_Request = TypeVar("_Request")
_Response = TypeVar("_Response")
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class Session:
    """The services that the commands use, and the credential that goes with every request."""

    identity: IdentityServiceAsyncStub
    tokens: TokensServiceAsyncStub
    credentials: tuple[Credential, ...]

    async def ask(self, method: grpc.aio.UnaryUnaryMultiCallable[_Request, _Response], request: _Request) -> _Response:
        """Make a call. Raise StartRefusedError with the storage's reason."""
        try:
            return await method(request, timeout=_SECONDS)
        except grpc.aio.AioRpcError as error:
            failure = read_rpc_error(error)
            if isinstance(failure, Failure):
                raise StartRefusedError(f"refused ({failure.reason}): {failure.message}") from None
            raise StartRefusedError(f"the storage does not answer ({failure.code.name}): {failure.message}") from None

    async def read_all(
        self,
        method: grpc.aio.UnaryUnaryMultiCallable[Any, Any],
        request: Any,  # noqa: ANN401 -- any request of a page
        rows: Callable[[Any], Sequence[_Row]],
    ) -> list[_Row]:
        """Read a list to its end, page by page; `rows` takes those of one response. Raise StartRefusedError."""
        found: list[_Row] = []
        request.per_page = _ROWS
        while True:
            request.page += 1
            response = await self.ask(method, request)
            found += rows(response)
            if not rows(response) or len(found) >= response.total:
                return found


@asynccontextmanager
async def session_with(storage: Address, token: str) -> AsyncIterator[Session]:
    """Talk to a storage that runs."""
    async with grpc.aio.insecure_channel(storage.target) as channel:
        credential = Credential(scheme=AUTHENTICATION_SCHEME_PRIVATE_TOKEN, secret=token)
        yield Session(IdentityServiceStub(channel), TokensServiceStub(channel), (credential,))


@asynccontextmanager
async def session_on(data: Path, root_token_file: Path) -> AsyncIterator[Session]:
    """Start a storage on a data directory that no server uses, and talk to it. Raise StartRefusedError."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="generic-packages-"))
        stack.enter_context(claimed(data))
        address = UnixAddress(str(Path(folder) / "storage.sock"))
        settings = StorageSettings(data=data, listen=address, root_token_file=root_token_file, audited=False)
        await stack.enter_async_context(serving(settings))
        yield await stack.enter_async_context(session_with(address, read_token(root_token_file)))


def read_token(path: Path) -> str:
    """Read the administrator's token. Raise StartRefusedError."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it holds no token"
        raise StartRefusedError(f"root token file {path}: {reason}") from None
