"""Benchmarks: the reference server side by side with other servers, in one run. Not part of the tests."""
