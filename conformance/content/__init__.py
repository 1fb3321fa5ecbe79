"""File contents that are made, not stored: deterministic, seekable, of any size."""
