"""Judging: named expectations, the verdicts they lead to, the pytest plugin that runs the checks, and the results."""
