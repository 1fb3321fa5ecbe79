"""Lawful ways in which GitLab's deployments differ, as far as HTTP alone shows them; off unless asked for."""
