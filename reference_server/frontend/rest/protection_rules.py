"""Package protection rules of a project."""

from __future__ import annotations

from http import HTTPStatus

from generic_packages.storage.v1 import protection_pb2

from reference_server.frontend.api.parameters import Parameters, path_number
from reference_server.frontend.api.shapes import packages
from reference_server.frontend.rest.handler import RestHandler, read_page

_FIELDS = ("package_name_pattern", "package_type", "minimum_access_level_for_push", "minimum_access_level_for_delete")


class ProtectionRulesHandler(RestHandler):
    """A project's rules."""

    async def get(self, project: str) -> None:
        page = read_page(self.parameters)
        request = protection_pb2.ListProtectionRulesRequest(project=project, **page)
        answer = await self.call(self.services.protection.ListProtectionRules, request)
        self.send_page([packages.protection_rule(rule) for rule in answer.rules], page, answer.total)

    async def post(self, project: str) -> None:
        """Create a rule from `package_name_pattern`, `package_type` and one or both roles."""
        request = protection_pb2.CreateProtectionRuleRequest(project=project)
        _fill(request, self.parameters)
        answer = await self.call(self.services.protection.CreateProtectionRule, request)
        self.send_json(packages.protection_rule(answer.rule), HTTPStatus.CREATED)


class ProtectionRuleHandler(RestHandler):
    """One rule."""

    async def patch(self, project: str, rule: str) -> None:
        """Change what is given; a role that is null is taken away."""
        request = protection_pb2.UpdateProtectionRuleRequest(
            project=project, rule_id=path_number("package_protection_rule_id", rule)
        )
        _fill(request, self.parameters)
        answer = await self.call(self.services.protection.UpdateProtectionRule, request)
        self.send_json(packages.protection_rule(answer.rule))

    async def delete(self, project: str, rule: str) -> None:
        request = protection_pb2.DeleteProtectionRuleRequest(
            project=project, rule_id=path_number("package_protection_rule_id", rule)
        )
        await self.call(self.services.protection.DeleteProtectionRule, request)
        self.send_nothing()


def _fill(
    request: protection_pb2.CreateProtectionRuleRequest | protection_pb2.UpdateProtectionRuleRequest,
    parameters: Parameters,
) -> None:
    """Pass on what the parameters say of a rule; the storage checks it."""
    for name in _FIELDS:
        if parameters.has(name):
            setattr(request, name, parameters.text(name))
