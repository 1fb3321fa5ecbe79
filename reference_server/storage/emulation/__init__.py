"""Lawful ways in which GitLab's deployments differ, as far as the storage's rules show them; off unless asked for."""
