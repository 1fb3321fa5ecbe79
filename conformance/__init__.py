"""The conformance suite: judges any server of GitLab's generic packages API by its URL alone."""
