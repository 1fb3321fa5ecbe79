"""Tests of identity off the wire."""
