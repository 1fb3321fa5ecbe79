"""The bytes of large content on their way: hashed, written, synced, within bounded memory. Both halves use it."""
