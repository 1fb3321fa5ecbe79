"""The rules of the packages API as pure functions: formats, and what GitLab's versions differ in."""
