"""GitLab's package types. Packages here are generic; the other types are known so that they can be asked for."""

from __future__ import annotations

from reference_server.contract.failure import Failure, Reason

GENERIC = "generic"

_TYPES = frozenset(
    {
        GENERIC,
        "composer",
        "conan",
        "debian",
        "golang",
        "helm",
        "maven",
        "ml_model",
        "npm",
        "nuget",
        "pypi",
        "rpm",
        "rubygems",
        "terraform_module",
    }
)


def check_package_type(text: str | None) -> None:
    """Let the parameter "package_type" pass, or raise PARAMETER_VALUE_UNKNOWN."""
    if text is not None and text not in _TYPES:
        message = "package_type does not have a valid value"
        raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, message, parameter="package_type")
