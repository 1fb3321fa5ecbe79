"""The rules of the packages API as pure functions: formats and what the editions differ in."""
