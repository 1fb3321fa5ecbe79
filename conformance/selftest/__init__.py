"""The suite's own proof: named broken registries and the exact requirements each of them turns red."""
