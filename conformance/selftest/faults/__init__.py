"""Named broken registries, one module for each section of the requirements."""
