"""Tests of packages off the wire."""
