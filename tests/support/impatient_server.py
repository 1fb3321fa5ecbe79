"""The server, as a program that gives a process up after two short lives."""

import dataclasses
import sys

from reference_server.__main__ import main
from reference_server.programs import backoff

backoff.RESTART_LIMITS = dataclasses.replace(backoff.RESTART_LIMITS, most_short_lives=2)

if __name__ == "__main__":
    sys.exit(main())
