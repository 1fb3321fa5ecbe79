"""Tests of the requirements."""
