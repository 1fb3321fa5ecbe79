"""The scopes of tokens, as GitLab names them."""

from __future__ import annotations

API = "api"
READ_API = "read_api"
READ_USER = "read_user"
CREATE_RUNNER = "create_runner"
ADMIN_MODE = "admin_mode"
SELF_ROTATE = "self_rotate"
READ_PACKAGES = "read_package_registry"
WRITE_PACKAGES = "write_package_registry"

ACCESS_TOKEN_SCOPES = frozenset(
    {
        API,
        READ_API,
        READ_USER,
        "read_repository",
        "write_repository",
        "read_registry",
        "write_registry",
        CREATE_RUNNER,
        "manage_runner",
        "ai_features",
        "k8s_proxy",
        SELF_ROTATE,
        ADMIN_MODE,
        READ_PACKAGES,
        WRITE_PACKAGES,
    }
)
"""Every scope that an access token may have; the first three and those for runners and rotation mean something."""

DEPLOY_TOKEN_SCOPES = frozenset(
    {
        "read_repository",
        "read_registry",
        "write_registry",
        READ_PACKAGES,
        WRITE_PACKAGES,
        "read_virtual_registry",
        "write_virtual_registry",
    }
)
"""Every scope that a deploy token may have; only those of the package registry mean anything here."""
