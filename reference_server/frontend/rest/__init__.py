"""GitLab's REST endpoints that provision what the packages API needs, in GitLab's shapes."""
