"""Tests of the kill matrix: the proxy, its mutations, the comparison, and the whole self-test."""
