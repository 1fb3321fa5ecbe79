"""Users, groups, projects and tokens."""
