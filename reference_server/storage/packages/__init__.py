"""Packages and their files: publish, open, list, delete, settings."""
