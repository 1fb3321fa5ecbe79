"""The console entry: `python -m reference_server`."""

from __future__ import annotations

import sys

from reference_server.programs.command_line import main

if __name__ == "__main__":
    sys.exit(main())
