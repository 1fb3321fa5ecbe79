"""What tests share: servers that run, registries that are scripted, and short ways to call both."""
