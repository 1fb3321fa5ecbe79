"""The admin program: users, groups, projects and tokens for operators, without REST."""
