"""The metadata database: its schema, the hot statements, and the one writer."""
