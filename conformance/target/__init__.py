"""The registry under test: how it is described, whether it can be judged, what is made on it, and its verbs."""
