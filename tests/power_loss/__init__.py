"""Power loss: what a server wrote and synced is recorded, and each moment is replayed without what was not synced."""
