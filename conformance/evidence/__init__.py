"""Evidence: what a run leaves behind, and what can be done with it later: judge, verify, compare, report again."""
