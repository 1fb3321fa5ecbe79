"""Every REST route and what answers it."""

from __future__ import annotations

from typing import Final

from reference_server.frontend.rest import (
    ci,
    job_token_scope,
    members,
    packages,
    places,
    protection_rules,
    tokens,
    users,
)
from reference_server.frontend.rest.handler import RestHandler

_Routes = tuple[tuple[str, type[RestHandler]], ...]

_ID: Final = "([^/]+)"
_PLACE: Final = f"/(projects|groups)/{_ID}"
_GROUP: Final = f"/groups/{_ID}"
_PROJECT: Final = f"/projects/{_ID}"

_IDENTITIES: _Routes = (
    ("/user", users.CurrentUser),
    ("/version", users.Version),
    ("/users", users.Users),
    (f"/users/{_ID}", users.User),
    (f"/users/{_ID}/(block|unblock)", users.UserAdmission),
    (f"/users/{_ID}/personal_access_tokens", tokens.UserTokens),
    ("/personal_access_tokens", tokens.PersonalAccessTokens),
    ("/personal_access_tokens/self", tokens.PresentedToken),
    (f"/personal_access_tokens/{_ID}", tokens.PersonalAccessToken),
    ("/deploy_tokens", tokens.EveryDeployToken),
    ("/groups", places.GroupCollection),
    (_GROUP, places.Group),
    (f"{_GROUP}/subgroups", places.Groups),
    (f"{_GROUP}/projects", places.Projects),
    ("/projects", places.ProjectCollection),
    (_PROJECT, places.Project),
    (f"{_PLACE}/members", members.Members),
    (f"{_PLACE}/members/all", members.AllMembers),
    (f"{_PLACE}/members/all/{_ID}", members.AnyMember),
    (f"{_PLACE}/members/{_ID}", members.Member),
    (f"{_PLACE}/access_tokens", tokens.AccessTokens),
    (f"{_PLACE}/access_tokens/{_ID}", tokens.AccessToken),
    (f"{_PLACE}/deploy_tokens", tokens.DeployTokens),
    (f"{_PLACE}/deploy_tokens/{_ID}", tokens.DeployToken),
)

_CI: _Routes = (
    ("/user/runners", ci.UserRunners),
    ("/runners/all", ci.Runners),
    (f"/runners/{_ID}", ci.Runner),
    (f"{_PLACE}/runners", ci.Runners),
    (f"{_PROJECT}/pipeline", ci.NewPipeline),
    (f"{_PROJECT}/pipelines", ci.Pipelines),
    (f"{_PROJECT}/pipelines/{_ID}", ci.Pipeline),
    (f"{_PROJECT}/pipelines/{_ID}/jobs", ci.Jobs),
    (f"{_PROJECT}/jobs", ci.Jobs),
    (f"{_PROJECT}/jobs/{_ID}", ci.Job),
    (f"{_PROJECT}/jobs/{_ID}/cancel", ci.JobCancellation),
    ("/jobs/request", ci.JobRequests),
    (f"/jobs/{_ID}", ci.AssignedJob),
    (f"{_PROJECT}/job_token_scope", job_token_scope.JobTokenScope),
    (f"{_PROJECT}/job_token_scope/allowlist", job_token_scope.JobTokenAllowlist),
    (f"{_PROJECT}/job_token_scope/allowlist/{_ID}", job_token_scope.AllowedProject),
)

_PACKAGES: _Routes = (
    (f"{_GROUP}/packages", packages.GroupPackages),
    (f"{_PROJECT}/packages", packages.ProjectPackages),
    (f"{_PROJECT}/packages/protection/rules", protection_rules.ProtectionRules),
    (f"{_PROJECT}/packages/protection/rules/{_ID}", protection_rules.ProtectionRule),
    (f"{_PROJECT}/packages/{_ID}", packages.Package),
    (f"{_PROJECT}/packages/{_ID}/pipelines", packages.PackagePipelines),
    (f"{_PROJECT}/packages/{_ID}/package_files", packages.PackageFiles),
    (f"{_PROJECT}/packages/{_ID}/package_files/{_ID}", packages.PackageFile),
)

ROUTES: Final[_Routes] = tuple((f"/api/v4{path}", handler) for path, handler in (*_IDENTITIES, *_CI, *_PACKAGES))
"""Patterns of whole paths, the first that matches counts."""
