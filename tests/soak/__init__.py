"""The soak: clients do everything that clients do for a long time, and what the server holds must stay what it was."""
