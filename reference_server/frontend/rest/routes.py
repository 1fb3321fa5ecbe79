"""Every REST route and what answers it."""

from __future__ import annotations

from typing import Final

from reference_server.frontend.rest import (
    access_tokens,
    callers,
    deploy_tokens,
    groups,
    job_token_scope,
    jobs,
    members,
    package_files,
    packages,
    personal_access_tokens,
    pipelines,
    projects,
    protection_rules,
    runners,
    users,
)
from reference_server.frontend.rest.handler import ApiHandler

_Routes = tuple[tuple[str, type[ApiHandler]], ...]

_ID: Final = "([^/]+)"
_PLACE: Final = f"/(projects|groups)/{_ID}"
_GROUP: Final = f"/groups/{_ID}"
_PROJECT: Final = f"/projects/{_ID}"

_IDENTITIES: _Routes = (
    ("/user", callers.CurrentUser),
    ("/version", callers.Version),
    ("/users", users.Users),
    (f"/users/{_ID}", users.User),
    (f"/users/{_ID}/(block|unblock)", users.UserAdmission),
    (f"/users/{_ID}/personal_access_tokens", personal_access_tokens.UserTokens),
    ("/personal_access_tokens", personal_access_tokens.PersonalAccessTokens),
    ("/personal_access_tokens/self", personal_access_tokens.PresentedToken),
    (f"/personal_access_tokens/{_ID}", personal_access_tokens.PersonalAccessToken),
    ("/deploy_tokens", deploy_tokens.EveryDeployToken),
    ("/groups", groups.GroupCollection),
    (_GROUP, groups.Group),
    (f"{_GROUP}/subgroups", groups.Groups),
    (f"{_GROUP}/projects", projects.Projects),
    ("/projects", projects.ProjectCollection),
    (_PROJECT, projects.Project),
    (f"{_PLACE}/members", members.Members),
    (f"{_PLACE}/members/all", members.AllMembers),
    (f"{_PLACE}/members/all/{_ID}", members.AnyMember),
    (f"{_PLACE}/members/{_ID}", members.Member),
    (f"{_PLACE}/access_tokens", access_tokens.AccessTokens),
    (f"{_PLACE}/access_tokens/{_ID}", access_tokens.AccessToken),
    (f"{_PLACE}/deploy_tokens", deploy_tokens.DeployTokens),
    (f"{_PLACE}/deploy_tokens/{_ID}", deploy_tokens.DeployToken),
)

_CI: _Routes = (
    ("/user/runners", runners.UserRunners),
    ("/runners/all", runners.Runners),
    (f"/runners/{_ID}", runners.Runner),
    (f"{_PLACE}/runners", runners.Runners),
    (f"{_PROJECT}/pipeline", pipelines.NewPipeline),
    (f"{_PROJECT}/pipelines", pipelines.Pipelines),
    (f"{_PROJECT}/pipelines/{_ID}", pipelines.Pipeline),
    (f"{_PROJECT}/pipelines/{_ID}/jobs", jobs.Jobs),
    (f"{_PROJECT}/jobs", jobs.Jobs),
    (f"{_PROJECT}/jobs/{_ID}", jobs.Job),
    (f"{_PROJECT}/jobs/{_ID}/cancel", jobs.JobCancellation),
    ("/jobs/request", jobs.JobRequests),
    (f"/jobs/{_ID}", jobs.RunningJob),
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
    (f"{_PROJECT}/packages/{_ID}/package_files", package_files.PackageFiles),
    (f"{_PROJECT}/packages/{_ID}/package_files/{_ID}", package_files.PackageFile),
)

ROUTES: Final[_Routes] = tuple((f"/api/v4{path}", handler) for path, handler in (*_IDENTITIES, *_CI, *_PACKAGES))
"""Patterns of whole paths, the first that matches counts."""
