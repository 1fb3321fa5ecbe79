"""Tests of formats and editions."""
