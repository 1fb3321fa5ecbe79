"""GitLab's JSON for the contract's messages."""
