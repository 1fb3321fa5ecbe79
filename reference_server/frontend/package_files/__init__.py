"""The hot route: publish and download package files, on Tornado's raw message interface."""
