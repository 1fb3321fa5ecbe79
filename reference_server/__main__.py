"""The console entry: `python -m reference_server`."""

from __future__ import annotations

import sys
from importlib.util import find_spec

NEEDED = ("grpc", "peewee", "tornado")
HOW_TO_INSTALL = "Only the suite is installed here; for the server: pip install 'generic-packages-conformance[server]'"


def main() -> int:
    """Run the program and return its exit code, 2 where only the suite is installed."""
    if not all(map(find_spec, NEEDED)):
        sys.stderr.write(f"{HOW_TO_INSTALL}\n")
        return 2
    from reference_server.programs.command_line import main as run  # noqa: PLC0415 - it needs what was looked for

    return run()


if __name__ == "__main__":
    sys.exit(main())
