"""What the checks of protection rules share: where a project's rules are, and how one is made."""

from conformance.target.access import Actor, TargetProject
from conformance.target.registry import Registry
from conformance.transport.response import Response

MAINTAINER, OWNER = "maintainer", "owner"


def rules_of(registry: Registry, project: TargetProject | None = None) -> str:
    """Return the address of the rules of a project, the usual one unless another is given."""
    return f"/projects/{(project or registry.access.project(registry.access.usual)).id}/packages/protection/rules"


def make_rule(
    registry: Registry,
    pattern: str,
    level: str = MAINTAINER,
    actor: Actor | None = None,
    project: TargetProject | None = None,
    package_type: str = "generic",
) -> Response:
    """Make a rule of a project, the usual one unless another is given, as the writer or as a role."""
    document = {
        "package_name_pattern": pattern,
        "package_type": package_type,
        "minimum_access_level_for_push": level,
    }
    credential = registry.access.credential(actor, registry.access.usual) if actor else registry.access.writer
    return registry.call("POST", rules_of(registry, project), document=document, credential=credential)
