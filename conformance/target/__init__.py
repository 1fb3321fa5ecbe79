"""The registry under test: how it is described, whether it can be judged at all, and what is made on it."""
