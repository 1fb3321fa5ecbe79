"""GitLab's GraphQL API, as far as packages and their settings need it."""
