"""ProtectionService."""

from __future__ import annotations

from generic_packages.storage.v1 import protection_pb2 as pb
from generic_packages.storage.v1.protection_pb2_grpc import ProtectionServiceServicer

from reference_server.storage.access.callers import Caller
from reference_server.storage.metadata.rows import ProtectionRuleRow
from reference_server.storage.packages.protection_rules import ProtectionRuleService, RuleFields
from reference_server.storage.rules.editions import Edition, require
from reference_server.storage.rules.protection import level_name
from reference_server.storage.service import messages
from reference_server.storage.service.admission import Admission, CredentialedRequest
from reference_server.storage.service.calls import Context


class ProtectionServicer(ProtectionServiceServicer):
    """Authenticates callers, and translates between messages and the protection rules."""

    def __init__(self, admission: Admission, rules: ProtectionRuleService, edition: Edition) -> None:
        self._rules = rules
        self._edition = edition
        self._admission = admission

    async def ListProtectionRules(
        self, request: pb.ListProtectionRulesRequest, _: Context
    ) -> pb.ListProtectionRulesResponse:
        page = self._rules.list(self._caller(request), request.project, messages.page_request(request))
        return pb.ListProtectionRulesResponse(
            rules=[_rule(row) for row in page.rows], page=page.page, per_page=page.per_page, total=page.total
        )

    async def CreateProtectionRule(
        self, request: pb.CreateProtectionRuleRequest, _: Context
    ) -> pb.CreateProtectionRuleResponse:
        row = await self._rules.create(self._caller(request), request.project, _fields(request))
        return pb.CreateProtectionRuleResponse(rule=_rule(row))

    async def UpdateProtectionRule(
        self, request: pb.UpdateProtectionRuleRequest, _: Context
    ) -> pb.UpdateProtectionRuleResponse:
        row = await self._rules.update(self._caller(request), request.project, request.rule_id, _fields(request))
        return pb.UpdateProtectionRuleResponse(rule=_rule(row))

    async def DeleteProtectionRule(
        self, request: pb.DeleteProtectionRuleRequest, _: Context
    ) -> pb.DeleteProtectionRuleResponse:
        await self._rules.delete(self._caller(request), request.project, request.rule_id)
        return pb.DeleteProtectionRuleResponse()

    def _caller(self, request: CredentialedRequest) -> Caller:
        """Return who calls. Raise NOT_IN_EDITION before anything else."""
        require(self._edition.protection_rules)
        return self._admission.caller(request)


def _fields(request: pb.CreateProtectionRuleRequest | pb.UpdateProtectionRuleRequest) -> RuleFields:
    said = {field.name: value for field, value in request.ListFields()}
    return RuleFields(
        name_pattern=said.get("package_name_pattern"),
        package_type=said.get("package_type"),
        push_level=said.get("minimum_access_level_for_push"),
        delete_level=said.get("minimum_access_level_for_delete"),
    )


def _rule(row: ProtectionRuleRow) -> pb.ProtectionRule:
    return pb.ProtectionRule(
        id=row.id,
        project_id=row.project_id,
        package_name_pattern=row.name_pattern,
        package_type=row.package_type,
        minimum_access_level_for_push=level_name(row.push_level),
        minimum_access_level_for_delete=level_name(row.delete_level),
    )
