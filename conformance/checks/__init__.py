"""The checks: one pytest test for each requirement, in one file a section, and the steps that they share."""
