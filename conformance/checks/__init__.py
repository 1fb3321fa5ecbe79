"""The checks: one pytest test for each requirement, in one file a section, and the words that they are written in."""
