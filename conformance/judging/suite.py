"""One run of the suite against one target: preflight, set-up, judging, clean-up, results."""

import shlex
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from conformance.judging.chosen_version import ChosenVersion, Reason, choose_version
from conformance.judging.plugin import JudgingPlugin, Listener, judgement_of
from conformance.judging.results import FORMAT, Judgement, Results, RunFacts, Variable, totals_of
from conformance.judging.session import run_checks
from conformance.judging.signals import first_interrupt_held_back
from conformance.judging.tokens_file import save_tokens
from conformance.judging.verdicts import EXIT_CODES, Ending, Verdict, outcome_of
from conformance.requirements.catalogue import Catalogue
from conformance.requirements.gitlab_version import NEWEST, GitLabVersion, Measure
from conformance.requirements.model import Level, Requirement
from conformance.target.access import Access, Credential, Unavailable
from conformance.target.declared_access import DeclaredAccess
from conformance.target.description import TargetDescription
from conformance.target.description_record import description_record
from conformance.target.preflight import (
    PATHS,
    PreflightFailure,
    check_declared,
    check_owner,
    check_paths,
    check_writing,
)
from conformance.target.provisioned_access import ProvisionedAccess
from conformance.target.provisioned_projects import provision
from conformance.target.redirects import RedirectPolicy
from conformance.target.registry import Registry
from conformance.target.rest import RestApi
from conformance.transport.client import Client
from conformance.transport.rate_limit import RateLimitError
from conformance.transport.recorder import Recorder
from conformance.transport.redaction import Redactor

SETTLE_SECONDS = 60.0
DISTRIBUTION = "generic-packages-conformance"
SPARE_BODY_BYTES = 16 << 20  # no response of the API is larger than this and the largest file that was published
NOT_JUDGED = {
    Ending.COMPLETE: "the check did not run",
    Ending.INTERRUPTED: "the run was interrupted before it",
    Ending.GONE: "the target went away before it was judged",
}


class NothingSelected(Exception):  # noqa: N818 - a fact about the selection, not an error of the suite
    """The selection, or a part of it, leaves no requirement to judge; the message says which part."""


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How to run: which requirements, how large the large files are, and how many seconds to wait without progress.

    Without `gitlab` the registry is asked for its version. `features` are the flags of GitLab that are on in it.
    Downloads are followed to `redirect_hosts`, HOST or HOST:PORT, and to the others that RedirectPolicy allows.
    `settle` is how many seconds are waited for rights; `parent_group` the id or path of a group to make the run's in.
    `tokens_file`, when given, takes the tokens that the run makes and leaves on the target with all else that it has
    made, so that failed requests can be repeated.
    """

    gitlab: GitLabVersion | None
    level: Level
    only: tuple[str, ...]
    large_bytes: int
    patience: float
    features: frozenset[str] = frozenset()
    tokens_file: Path | None = None
    redirect_hosts: frozenset[str] = frozenset()
    settle: float = SETTLE_SECONDS
    parent_group: str | None = None


class Suite:
    """A run that can be started once.

    `selected` are the requirements to judge; as long as the version of the registry is still to be asked for, by the
    newest known one. `redactor` learns every secret of the run; nothing may be shown without it. `leftovers` are
    sentences that name what the run could not remove, also when it ended early.
    """

    def __init__(
        self,
        description: TargetDescription,
        settings: RunSettings,
        catalogue: Catalogue,
        redactor: Redactor,
    ) -> None:
        self._description = description
        self._settings = settings
        self._catalogue = catalogue
        self._take(ChosenVersion(settings.gitlab or NEWEST, Reason.TOLD if self.is_told else Reason.NEWEST))
        self._redactor = redactor
        for credential in description.known_credentials():
            redactor.add(credential.variable, credential.secret)
        self._redirects = RedirectPolicy(description.address.host, settings.redirect_hosts)
        self._recorder = Recorder()
        self._made: Sequence[Credential] = ()
        self._started = datetime.now(UTC)
        self._prefix = f"conformance-{self._started:%Y%m%d%H%M%S}-{uuid.uuid4().hex[:6]}"
        self.leftovers: list[str] = []

    def _take(self, chosen: ChosenVersion) -> None:
        self._chosen = chosen
        self.selected = select(self._catalogue, self.measure, self._settings.level, self._settings.only)

    @property
    def is_told(self) -> bool:
        """Whether the version is told; otherwise the registry is asked for it when the run begins."""
        return self._settings.gitlab is not None

    @property
    def measure(self) -> Measure:
        """Which GitLab the registry is measured by."""
        return Measure(self._chosen.version, self._settings.features)

    @property
    def began(self) -> float:
        """When the run began, on the monotonic clock; the record times exchanges from here."""
        return self._recorder.started

    def run(self, listener: Listener) -> Results:
        """Judge the target; `listener` is told of each requirement.

        Raises PreflightFailure when it cannot be judged, NothingSelected when its version has none of the requirements,
        and BindingError when checks and requirements do not match.
        What was made on the target is removed in every case unless the settings keep it.
        """
        client = Client(
            self._description.address,
            self._recorder,
            patience=self._settings.patience,
            body_limit=self._settings.large_bytes + SPARE_BODY_BYTES,
        )
        try:
            credentials = (self._description.owner, self._description.writer)
            self._take(choose_version(client, credentials, self._settings.gitlab))
            listener.planned(len(self.selected))
            with self._access(client) as access:
                judgements, ending = self._judge(client, access, listener)
        finally:
            client.close()
        return self._results(judgements, ending)

    def _judge(self, client: Client, access: Access, listener: Listener) -> tuple[list[Judgement], Ending]:
        check_writing(client, access)
        off = self._description.capabilities_off
        if PATHS not in off:
            check_paths(client, access, self._description.projects.values())
        offered = [requirement for requirement in self.selected if requirement.capability not in off]
        registry = Registry(
            client,
            access,
            self._recorder,
            large_bytes=self._settings.large_bytes,
            redirects=self._redirects,
        )
        plugin = JudgingPlugin(
            offered, self._description.expected_failures, self._recorder, listener, is_gone=client.is_gone
        )
        interrupted = run_checks({"judging": plugin, "registry": registry}, self._catalogue.sections_of(offered))
        ending = Ending.GONE if plugin.gone else Ending.INTERRUPTED if interrupted else Ending.COMPLETE
        judged = {judgement.id: judgement for judgement in plugin.judgements}
        return [judged.get(one.id) or self._not_judged(one, ending) for one in self.selected], ending

    def _not_judged(self, requirement: Requirement, ending: Ending) -> Judgement:
        if requirement.capability in self._description.capabilities_off:
            reason = f"the target declares {requirement.capability} off"
            return judgement_of(requirement, Verdict.NOT_APPLICABLE, reason)
        return judgement_of(requirement, Verdict.UNTESTABLE, NOT_JUDGED[ending])

    @contextmanager
    def _access(self, client: Client) -> Iterator[Access]:
        owner = self._description.owner
        access = self._declare(client) if owner is None else self._provision(client, owner)
        try:
            yield access
        finally:
            self._made = access.made
            if self._settings.tokens_file and owner:
                save_tokens(access.made, self._settings.tokens_file)
                self.leftovers = [
                    f"everything named {self._prefix}, as asked; its tokens are in {self._settings.tokens_file}"
                ]
            else:
                self._clean_up(access)

    def _clean_up(self, access: Access) -> None:
        self.leftovers = [f"perhaps something named {self._prefix}: the clean-up did not end"]
        with self._recorder.during("clean-up"), suppress(KeyboardInterrupt), first_interrupt_held_back():
            self.leftovers = access.clean_up()

    def _declare(self, client: Client) -> Access:
        writer, projects = self._description.writer, self._description.projects
        if writer is None or not projects:
            raise PreflightFailure("Nothing can be judged: the target names neither an owner's token nor a project.")
        check_declared(client, next(iter(projects.values())), writer)
        credentials = self._description.credentials
        return DeclaredAccess(
            prefix=self._prefix, writer=writer, projects=projects, credentials=credentials, recorder=self._recorder
        )

    def _provision(self, client: Client, owner: Credential) -> Access:
        api = RestApi(client, self._recorder, owner, self._redactor)
        try:
            check_owner(client, api)
        except RateLimitError as error:
            raise PreflightFailure(f"{client.address} cannot be judged: {error}.") from error
        try:
            provisioned = provision(api, self._prefix, self._settings.parent_group)
        except (Unavailable, RateLimitError) as error:
            raise PreflightFailure(
                f"The token cannot make a group with projects: {error}; "
                "give an administrator's token, with the scope admin_mode where Admin Mode is on, name a group that "
                "the token owns with --parent-group, or name existing projects in a target file."
            ) from error
        return ProvisionedAccess(
            api,
            provisioned,
            prefix=self._prefix,
            owner=owner,
            settle=self._settings.settle,
            day=self._started.date(),
        )

    def _variables(self) -> tuple[Variable, ...]:
        tokens_file = self._settings.tokens_file
        sourcing = f". {shlex.quote(str(tokens_file.absolute()))}" if tokens_file else None
        known = [Variable(one.variable, one.setting) for one in self._description.known_credentials()]
        return (*known, *(Variable(one.variable, sourcing) for one in self._made))

    def _results(self, judgements: Sequence[Judgement], ending: Ending) -> Results:
        outcome = outcome_of(((entry.level, entry.verdict) for entry in judgements), ending)
        off = sum(entry.verdict is Verdict.NOT_APPLICABLE for entry in judgements)
        left = sum(entry.reason in NOT_JUDGED.values() for entry in judgements)
        return Results(
            format=FORMAT,
            run=RunFacts(
                suite_version=metadata.version(DISTRIBUTION),
                target=str(self._description.address),
                gitlab=str(self._chosen.version),
                reason_for_gitlab=self._chosen.reason.value,
                said=self._chosen.said,
                features=tuple(sorted(self._settings.features)),
                level=self._settings.level.value,
                only=self._settings.only,
                large_bytes=self._settings.large_bytes,
                prefix=self._prefix,
                started_at=self._started.isoformat(timespec="seconds"),
                seconds=(datetime.now(UTC) - self._started).total_seconds(),
                ending=ending,
                judged=len(judgements) - off - left,
                planned=len(judgements) - off,
                redirect_hosts=tuple(sorted(self._settings.redirect_hosts)),
                redirects=tuple(self._redirects.decisions.values()),
                settle=self._settings.settle,
                parent_group=self._settings.parent_group,
                removed=self._description.owner is not None and self._settings.tokens_file is None,
            ),
            outcome=outcome,
            exit_code=int(EXIT_CODES[outcome]),
            totals=totals_of(judgements),
            requirements=tuple(judgements),
            leftovers=tuple(self.leftovers),
            variables=self._variables(),
            description=description_record(self._description),
            exchanges=self._recorder.exchanges,
        )


def select(catalogue: Catalogue, measure: Measure, level: Level, only: Sequence[str]) -> tuple[Requirement, ...]:
    """Return what holds in this GitLab, of this level or higher, and whose id matches one of the globs, if any.

    Raises NothingSelected when one of the globs, which may be mistyped, matches no requirement.
    """
    for glob in only or ("*",):
        if not catalogue.select(measure, level=level, only=(glob,)):
            raise NothingSelected(
                f"No requirement of {measure} and level {level} or higher matches {glob}; "
                "the command list shows them all."
            )
    return catalogue.select(measure, level=level, only=only)
