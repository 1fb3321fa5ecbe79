"""The way in: loads the program and runs it, so that Ctrl-C ends it without a traceback even while it loads."""

import sys
from collections.abc import Sequence

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code; argparse itself ends with 2 on wrong usage."""
    try:
        from conformance.command_line.program import run_program  # noqa: PLC0415 - loading takes a while too

        return run_program(argv)
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
