"""Liberties of deployments that only the server itself can show: rights, jobs, deletion, limits, object storage."""

from __future__ import annotations

from conformance.selftest.lawful.registry import Exemption, LawfulRegistry, giving_up


def _emulating(behaviour: str) -> tuple[str, ...]:
    return ("--emulate", behaviour)


ROLES = ("guest", "reporter", "developer", "maintainer", "outsider")
# the jobs of the others are started by the bots of access tokens
WITH_JOBS_OF_USERS = ("guest", "reporter", "outsider")
OF_USERS = (
    *(f"outcome.*-{role}{scheme}-is-*" for role in ROLES for scheme in ("", "-basic")),
    *(f"outcome.*-{role}-job-is-*" for role in WITH_JOBS_OF_USERS),
    "outcome.*-outsider-job-basic-is-*",
    "credentials.revoked-personal-token-is-401",
    "packages.list-outsider-job-token-is-refused",
)
OF_PUBLIC_PROJECTS = (
    "outcome.*-public-*",
    "authentication.*-public-*",
    "authentication.*-on-publish",
    "authentication.credential-is-judged-before-format",
    "authentication.*-body",
    "authentication.put-invalid-*",
    "authentication.unauthorized-publish-leaves-nothing",
    "credentials.bearer-invalid-*",
    "credentials.query-invalid-*",
    "job-tokens.ended-is-401-on-public",
    "packages.delete-public-*",
    "packages.file-delete-public-*",
    "packages.group-list-hides-private-projects",
    "packages.group-list-orders-by-project-path",
    "packages.group-list-public-to-anonymous",
    "packages.list-invalid-token-is-401",
    "packages.list-public-anonymous-is-200",
)

LAWFUL = {
    "late-rights": LawfulRegistry(
        "Memberships, promotions and tokens take effect three seconds late.",
        "GitLab merge request !92333: project authorisations are recalculated by Sidekiq",
        server_options=_emulating("late-rights=3"),
    ),
    "late-jobs": LawfulRegistry(
        "Jobs appear five seconds late, and a runner is answered 409 first.",
        "GitLab documentation, Runners: POST /jobs/request answers 409 on a conflict",
        server_options=_emulating("late-jobs"),
    ),
    "scheduled-deletion": LawfulRegistry(
        "Deleted projects and groups are only marked.",
        "GitLab 18.0, delayed deletion on all tiers, epic 17208",
        server_options=_emulating("scheduled-deletion"),
    ),
    "rate-limits": LawfulRegistry(
        "It answers 429 with Retry-After now and then.",
        "RFC 6585, section 4; GitLab documentation, Rate limits",
        server_options=_emulating("rate-limits"),
    ),
    "admin-mode": LawfulRegistry(
        "An administrator's token without the scope admin_mode is an ordinary user's.",
        "GitLab documentation, Admin Mode",
        server_options=_emulating("admin-mode"),
        exemptions=giving_up(*OF_USERS, why="only an administrator makes users"),
    ),
    "terms-of-service": LawfulRegistry(
        "A new user is answered 403 until the terms are accepted.",
        "GitLab documentation, Terms of Service and Privacy Policy",
        server_options=_emulating("terms-of-service"),
        exemptions=giving_up(*OF_USERS, why="nobody accepts the terms for the users of a run"),
    ),
    "no-public-visibility": LawfulRegistry(
        "Public visibility is restricted.",
        "GitLab documentation, Control access and visibility, Restrict visibility levels",
        server_options=_emulating("no-public-visibility"),
        exemptions=giving_up(*OF_PUBLIC_PROJECTS, why="there is no public project"),
    ),
    "no-top-level-groups": LawfulRegistry(
        "Groups are made inside others only.",
        "GitLab documentation, Groups API: gitlab.com makes no top-level group over the API",
        server_options=_emulating("no-top-level-groups"),
        run_settings=(("parent_group", "parent"),),
    ),
    "parallel-500": LawfulRegistry(
        "Parallel first uploads of a package may be answered 500.",
        "GitLab documentation, Generic packages, known issues",
        server_options=_emulating("parallel-500"),
        exemptions=(
            Exemption(
                ("publish.parallel-first-uploads-succeed", "duplicates.parallel-uploads-leave-one"),
                "the race is documented",
                always=False,
            ),
        ),
    ),
    "direct-download": LawfulRegistry(
        "Downloads and HEAD are answered 302 to a signed address of a store on another host.",
        "GitLab documentation, Object storage: direct download unless proxy_download is on",
        server_options=_emulating("direct-download"),
        exemptions=(
            *giving_up("download.stays-on-the-host", why="the store is another host"),
            *giving_up(
                "download.is-octet-stream",
                "download.archive-is-*",
                "download.checksum-header",
                why="the store has headers of its own",
            ),
        ),
    ),
    "slow": LawfulRegistry(
        "Each answer is a tenth of a second late.", "RFC 9110 sets no time", server_options=_emulating("slow")
    ),
}
