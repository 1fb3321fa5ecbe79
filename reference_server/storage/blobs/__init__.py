"""The content of files: the store, what guards it against races, and what frees it."""
