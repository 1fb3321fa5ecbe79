"""Tests of the acquittal matrix."""
