"""The commands of the conformance program, one module each, and the exit codes and options that they share."""
