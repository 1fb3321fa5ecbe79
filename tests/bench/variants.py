"""The reference server with one of its parts replaced by what it was chosen over, to measure both side by side.

python -m tests.bench.variants unary-calls serve ...      a unary gRPC call for each operation, no stream of them
python -m tests.bench.variants asyncio-loop serve ...     asyncio's own event loop, not uvloop's
"""

import asyncio
import sys
from contextlib import ExitStack
from types import ModuleType
from unittest.mock import patch

import grpc
import uvloop

from reference_server.frontend import application
from reference_server.programs import children, command_line
from reference_server.storage.service import server
from reference_server.storage.service.operations import OperationsServicer
from tests.bench.unary_calls import UnaryOperations, unary_handlers


def main() -> int:
    """Run the server with the part replaced that the first argument names, here and in every child process."""
    variant, *arguments = sys.argv[1:]
    with ExitStack() as patches:
        command = (sys.executable, "-m", "tests.bench.variants", variant)
        patches.enter_context(patch.object(children, "COMMAND", command))
        for module, name, replacement in VARIANTS[variant]:
            patches.enter_context(patch.object(module, name, replacement))
        return command_line.main(arguments)


def _add_unary_calls(servicer: OperationsServicer, grpc_server: grpc.aio.Server) -> None:
    grpc_server.add_generic_rpc_handlers((unary_handlers(servicer.operations),))


VARIANTS: dict[str, list[tuple[ModuleType, str, object]]] = {
    "unary-calls": [
        (application, "Operations", UnaryOperations),
        (server, "add_OperationsServiceServicer_to_server", _add_unary_calls),
    ],
    "asyncio-loop": [(uvloop, "run", asyncio.run)],
}

if __name__ == "__main__":
    sys.exit(main())
