"""The requirements: one TOML file a section, the model of a requirement, and the catalogue that loads them."""
