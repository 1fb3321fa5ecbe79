"""The crash table: halves of a server are killed at named points under load, started again, and audited."""
