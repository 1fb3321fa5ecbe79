"""ProtectionService."""

# ruff: noqa: N802, ARG002 -- names and parameters are those of the generated service

from __future__ import annotations

from typing import Any

import grpc
from generic_packages.storage.v1 import protection_pb2 as pb
from generic_packages.storage.v1.protection_pb2_grpc import ProtectionServiceServicer

from reference_server.storage.packages.parts import Asked
from reference_server.storage.packages.protection_rules import ProtectionRules, RuleFields, RuleRow
from reference_server.storage.rules.protection import level_name
from reference_server.storage.service import admission

Context = grpc.aio.ServicerContext[Any, Any]


class ProtectionServicer(ProtectionServiceServicer):
    """Translates between messages and the protection rules."""

    def __init__(self, rules: ProtectionRules) -> None:
        self._rules = rules

    async def ListProtectionRules(
        self, request: pb.ListProtectionRulesRequest, context: Context
    ) -> pb.ListProtectionRulesResponse:
        """Answer ListProtectionRules."""
        asked = Asked(
            page=request.page if request.HasField("page") else None,
            per_page=request.per_page if request.HasField("per_page") else None,
        )
        given = self._rules.list(admission.presented(request.credentials), request.project, asked)
        return pb.ListProtectionRulesResponse(
            rules=[_rule(row) for row in given.rows], page=given.page, per_page=given.per_page, total=given.total
        )

    async def CreateProtectionRule(
        self, request: pb.CreateProtectionRuleRequest, context: Context
    ) -> pb.CreateProtectionRuleResponse:
        """Answer CreateProtectionRule."""
        row = await self._rules.create(admission.presented(request.credentials), request.project, _fields(request))
        return pb.CreateProtectionRuleResponse(rule=_rule(row))

    async def UpdateProtectionRule(
        self, request: pb.UpdateProtectionRuleRequest, context: Context
    ) -> pb.UpdateProtectionRuleResponse:
        """Answer UpdateProtectionRule."""
        presented = admission.presented(request.credentials)
        row = await self._rules.update(presented, request.project, request.rule_id, _fields(request))
        return pb.UpdateProtectionRuleResponse(rule=_rule(row))

    async def DeleteProtectionRule(
        self, request: pb.DeleteProtectionRuleRequest, context: Context
    ) -> pb.DeleteProtectionRuleResponse:
        """Answer DeleteProtectionRule."""
        await self._rules.delete(admission.presented(request.credentials), request.project, request.rule_id)
        return pb.DeleteProtectionRuleResponse()


def _fields(request: pb.CreateProtectionRuleRequest | pb.UpdateProtectionRuleRequest) -> RuleFields:
    said = {field.name: value for field, value in request.ListFields()}
    return RuleFields(
        name_pattern=said.get("package_name_pattern"),
        package_type=said.get("package_type"),
        push_level=said.get("minimum_access_level_for_push"),
        delete_level=said.get("minimum_access_level_for_delete"),
    )


def _rule(row: RuleRow) -> pb.ProtectionRule:
    return pb.ProtectionRule(
        id=row.id,
        project_id=row.project_id,
        package_name_pattern=row.name_pattern,
        package_type=row.package_type,
        minimum_access_level_for_push=level_name(row.push_level),
        minimum_access_level_for_delete=level_name(row.delete_level),
    )
