"""Tests of content on a volume."""
