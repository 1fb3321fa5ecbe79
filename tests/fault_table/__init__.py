"""The fault table: what surrounds a server fails, one thing after another, and what it does about it is compared."""
