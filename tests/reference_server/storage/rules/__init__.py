"""Tests of formats and of what GitLab's versions differ in."""
