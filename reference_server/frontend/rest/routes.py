"""Every REST route and what answers it."""

from __future__ import annotations

from typing import Final

from reference_server.frontend.rest import (
    ci,
    groups_and_projects,
    job_token_scope,
    members,
    packages,
    protection_rules,
    tokens,
    users,
)
from reference_server.frontend.rest.handler import RestHandler

Routes = tuple[tuple[str, type[RestHandler]], ...]

_ID: Final = "([^/]+)"
_PLACE: Final = f"/(projects|groups)/{_ID}"
_GROUP: Final = f"/groups/{_ID}"
_PROJECT: Final = f"/projects/{_ID}"

_IDENTITIES: Routes = (
    ("/user", users.CurrentUserHandler),
    ("/version", users.VersionHandler),
    ("/users", users.UsersHandler),
    (f"/users/{_ID}", users.UserHandler),
    (f"/users/{_ID}/(block|unblock)", users.UserAdmissionHandler),
    (f"/users/{_ID}/personal_access_tokens", tokens.UserTokensHandler),
    ("/personal_access_tokens", tokens.PersonalAccessTokensHandler),
    ("/personal_access_tokens/self", tokens.PresentedTokenHandler),
    (f"/personal_access_tokens/{_ID}", tokens.PersonalAccessTokenHandler),
    (f"/personal_access_tokens/{_ID}/rotate", tokens.PersonalRotationHandler),
    ("/deploy_tokens", tokens.EveryDeployTokenHandler),
    ("/groups", groups_and_projects.GroupCollectionHandler),
    (_GROUP, groups_and_projects.GroupHandler),
    (f"{_GROUP}/subgroups", groups_and_projects.GroupsHandler),
    (f"{_GROUP}/projects", groups_and_projects.ProjectsHandler),
    ("/projects", groups_and_projects.ProjectCollectionHandler),
    (_PROJECT, groups_and_projects.ProjectHandler),
    (f"{_PLACE}/members", members.MembersHandler),
    (f"{_PLACE}/members/all", members.AllMembersHandler),
    (f"{_PLACE}/members/all/{_ID}", members.AnyMemberHandler),
    (f"{_PLACE}/members/{_ID}", members.MemberHandler),
    (f"{_PLACE}/access_tokens", tokens.AccessTokensHandler),
    (f"{_PLACE}/access_tokens/{_ID}", tokens.AccessTokenHandler),
    (f"{_PLACE}/access_tokens/{_ID}/rotate", tokens.RotationHandler),
    (f"{_PLACE}/deploy_tokens", tokens.DeployTokensHandler),
    (f"{_PLACE}/deploy_tokens/{_ID}", tokens.DeployTokenHandler),
)

_CI: Routes = (
    ("/user/runners", ci.UserRunnersHandler),
    ("/runners", ci.RunnerRegistrationHandler),
    ("/runners/all", ci.RunnersHandler),
    (f"/runners/{_ID}", ci.RunnerHandler),
    (f"{_PLACE}/runners", ci.RunnersHandler),
    (f"{_PLACE}/runners/reset_registration_token", ci.RegistrationTokenHandler),
    (f"{_PROJECT}/pipeline", ci.NewPipelineHandler),
    (f"{_PROJECT}/pipelines", ci.PipelinesHandler),
    (f"{_PROJECT}/pipelines/{_ID}", ci.PipelineHandler),
    (f"{_PROJECT}/pipelines/{_ID}/jobs", ci.JobsHandler),
    (f"{_PROJECT}/jobs", ci.JobsHandler),
    (f"{_PROJECT}/jobs/{_ID}", ci.JobHandler),
    (f"{_PROJECT}/jobs/{_ID}/cancel", ci.JobCancellationHandler),
    ("/jobs/request", ci.JobRequestsHandler),
    (f"/jobs/{_ID}", ci.AssignedJobHandler),
    (f"{_PROJECT}/job_token_scope", job_token_scope.JobTokenScopeHandler),
    (f"{_PROJECT}/job_token_scope/allowlist", job_token_scope.JobTokenAllowlistHandler),
    (f"{_PROJECT}/job_token_scope/allowlist/{_ID}", job_token_scope.AllowedProjectHandler),
)

_PACKAGES: Routes = (
    (f"{_GROUP}/packages", packages.GroupPackagesHandler),
    (f"{_PROJECT}/packages", packages.ProjectPackagesHandler),
    (f"{_PROJECT}/packages/protection/rules", protection_rules.ProtectionRulesHandler),
    (f"{_PROJECT}/packages/protection/rules/{_ID}", protection_rules.ProtectionRuleHandler),
    (f"{_PROJECT}/packages/{_ID}", packages.PackageHandler),
    (f"{_PROJECT}/packages/{_ID}/pipelines", packages.PackagePipelinesHandler),
    (f"{_PROJECT}/packages/{_ID}/package_files", packages.PackageFilesHandler),
    (f"{_PROJECT}/packages/{_ID}/package_files/{_ID}", packages.PackageFileHandler),
)

ROUTES: Final[Routes] = tuple((f"/api/v4{path}", handler) for path, handler in (*_IDENTITIES, *_CI, *_PACKAGES))
"""Patterns of whole paths, the first that matches counts."""
