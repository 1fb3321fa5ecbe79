"""Package protection rules of a project."""

from __future__ import annotations

from generic_packages.storage.v1.protection_pb2 import (
    CreateProtectionRuleRequest,
    DeleteProtectionRuleRequest,
    ListProtectionRulesRequest,
    UpdateProtectionRuleRequest,
)

from reference_server.frontend.rest.addressed import path_number
from reference_server.frontend.rest.handler import ApiHandler, judged
from reference_server.frontend.rest.pagination import read_page
from reference_server.frontend.rest.parameters import Parameters
from reference_server.frontend.rest.shapes import packages


class ProtectionRules(ApiHandler):
    """A project's rules."""

    @judged
    async def get(self, project: str) -> None:
        """List rules."""
        parameters = self.parameters
        page = read_page(parameters)
        request = ListProtectionRulesRequest(
            credentials=self.credentials, project=project, page=page.number, per_page=page.size
        )
        parameters.check()
        answer = await self.ask(self.services.protection.ListProtectionRules, request)
        self.send_page([packages.protection_rule(rule) for rule in answer.rules], page, answer.total)

    @judged
    async def post(self, project: str) -> None:
        """Create a rule from `package_name_pattern`, `package_type` and one or both roles."""
        parameters = self.parameters
        request = CreateProtectionRuleRequest(credentials=self.credentials, project=project, **_fields(parameters))
        parameters.check()
        answer = await self.ask(self.services.protection.CreateProtectionRule, request)
        self.send_json(201, packages.protection_rule(answer.rule))


class ProtectionRule(ApiHandler):
    """One rule."""

    @judged
    async def patch(self, project: str, rule: str) -> None:
        """Change what is given; a role that is null is taken away."""
        parameters = self.parameters
        request = UpdateProtectionRuleRequest(
            credentials=self.credentials,
            project=project,
            rule_id=path_number("package_protection_rule_id", rule),
            **_fields(parameters),
        )
        parameters.check()
        answer = await self.ask(self.services.protection.UpdateProtectionRule, request)
        self.send_json(200, packages.protection_rule(answer.rule))

    @judged
    async def delete(self, project: str, rule: str) -> None:
        """Delete a rule."""
        request = DeleteProtectionRuleRequest(
            credentials=self.credentials, project=project, rule_id=path_number("package_protection_rule_id", rule)
        )
        await self.ask(self.services.protection.DeleteProtectionRule, request)
        self.send_nothing()


def _fields(parameters: Parameters) -> dict[str, str]:
    """Read what the request says of a rule, for the storage to judge."""
    names = (
        "package_name_pattern",
        "package_type",
        "minimum_access_level_for_push",
        "minimum_access_level_for_delete",
    )
    return {name: parameters.text(name) for name in names if parameters.has(name)}
