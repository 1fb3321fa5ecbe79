"""The programs: command line, configuration, data directory, and the processes that serve."""
