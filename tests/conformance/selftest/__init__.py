"""Tests of the kill matrix: the proxy, its bends, the comparison, and the whole self-test."""
