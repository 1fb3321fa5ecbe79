"""A hypothesis state machine over HTTP that holds a running server against a small model of a registry."""
