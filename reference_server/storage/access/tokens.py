"""Making tokens and the digests by which they are kept."""

from __future__ import annotations

import hashlib
import secrets

from reference_server.contract.tokens import (
    ACCESS_PREFIX,
    DEPLOY_PREFIX,
    JOB_PREFIX,
    REGISTRATION_PREFIX,
    RUNNER_PREFIX,
)

_RANDOM_BYTES = 20  # 160 bits, 27 characters


def new_access_token() -> str:
    """Make the secret of an access token."""
    return f"{ACCESS_PREFIX}{secrets.token_urlsafe(_RANDOM_BYTES)}"


def new_deploy_token() -> str:
    """Make the secret of a deploy token."""
    return f"{DEPLOY_PREFIX}{secrets.token_urlsafe(_RANDOM_BYTES)}"


def new_runner_token() -> str:
    """Make the token by which a runner asks for jobs."""
    return f"{RUNNER_PREFIX}{secrets.token_urlsafe(_RANDOM_BYTES)}"


def new_registration_token() -> str:
    """Make the token by which runners of a project or group register."""
    return f"{REGISTRATION_PREFIX}{secrets.token_urlsafe(_RANDOM_BYTES)}"


def new_job_token() -> str:
    """Make the token of a job."""
    return f"{JOB_PREFIX}{secrets.token_urlsafe(_RANDOM_BYTES)}"


def digest(secret: str) -> bytes:
    """Digest a secret for keeping; it has 160 random bits, so a plain SHA-256 cannot be turned back."""
    return hashlib.sha256(secret.encode()).digest()
