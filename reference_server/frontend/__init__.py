"""The front end: HTTP in GitLab's shapes on one side, the storage service on the other. It holds no authority."""
