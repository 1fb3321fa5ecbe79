"""What REST and GraphQL share: the base of their handlers, parameters, and messages in GitLab's JSON."""
