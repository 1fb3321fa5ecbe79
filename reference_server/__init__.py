"""The reference server: GitLab's generic packages API on a storage service of its own."""
