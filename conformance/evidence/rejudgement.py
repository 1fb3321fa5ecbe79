"""Judging a run again, offline: the same checks, with a recording in the place of the registry."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from conformance.evidence.recording import NotRecordedError, Recording
from conformance.evidence.replayed_client import ReplayedClient, ReplayedClock
from conformance.judging.plugin import JudgingPlugin, Listener
from conformance.judging.results import Judgement, Results, with_judgements
from conformance.judging.session import run_checks
from conformance.judging.suite import NOT_JUDGED
from conformance.judging.verdicts import Verdict
from conformance.requirements.catalogue import Catalogue
from conformance.target.access import Access, Unavailable
from conformance.target.declared_access import DeclaredAccess
from conformance.target.description import TargetDescription
from conformance.target.provisioned_access import ProvisionedAccess, provision
from conformance.target.registry import Registry
from conformance.target.rest import RestApi
from conformance.transport.client import Client
from conformance.transport.recorder import Recorder
from conformance.transport.redaction import Redactor


@dataclass(frozen=True, slots=True)
class Rejudgement:
    """The results with the verdicts that follow from the recorded exchanges.

    `unreplayed` holds, by requirement id, why a verdict is the record's own and was not found again. `differing` are
    the recorded judgements whose verdict is another now.
    """

    results: Results
    unreplayed: Mapping[str, str]
    differing: tuple[Judgement, ...]

    @property
    def judged_again(self) -> int:
        """The number of requirements whose verdict was found again."""
        return sum(_was_judged(entry) for entry in self.results.requirements) - len(self.unreplayed)


class Attempt(Listener):
    """Keeps why the check of a requirement could not be replayed."""

    def __init__(self, recording: Recording) -> None:
        self.reasons: dict[str, str] = {}
        self._recording = recording

    def begins(self, requirement_id: str) -> None:  # noqa: ARG002 - a listener's signature
        """Forget what was missing before."""
        self._recording.missing = None

    def judged(self, judgement: Judgement) -> None:
        """Keep what was missing."""
        if self._recording.missing is not None:
            self.reasons[judgement.id] = self._recording.missing


def rejudge(results: Results, catalogue: Catalogue) -> Rejudgement:
    """Judge a run again from its record.

    Raises BindingError when checks and requirements do not match.
    """
    redactor, recorder = Redactor(), Recorder()
    recorder.restore(results.exchanges)
    description = results.description.description(results.run.target)
    for credential in description.known_credentials():
        redactor.add(credential.variable, credential.secret)
    recording = Recording(results.exchanges, redactor)
    client = ReplayedClient(description.address, recorder, recording, ReplayedClock())
    attempt = Attempt(recording)
    again: dict[str, Judgement] = {}
    unknown = {
        entry.id: "this suite has no such requirement"
        for entry in results.requirements
        if _was_judged(entry) and entry.id not in catalogue.by_id
    }
    set_up = "no check ran"
    try:
        access = _access(results, description, client, recorder, redactor)
        plugin = JudgingPlugin(
            [
                catalogue.by_id[entry.id]
                for entry in results.requirements
                if _was_judged(entry) and entry.id in catalogue.by_id
            ],
            description.expected_failures,
            recorder,
            attempt,
            is_gone=client.is_gone,
        )
        redirect_hosts = frozenset(results.run.redirect_hosts)
        registry = Registry(
            client, access, recorder, large_bytes=results.run.large_bytes, redirect_hosts=redirect_hosts
        )
        run_checks({"judging": plugin, "registry": registry})
        again = {entry.id: entry for entry in plugin.judgements}
    except (NotRecordedError, Unavailable) as error:
        set_up = f"the set-up cannot be replayed: {redactor.text(str(error))}"
    reasons = {**unknown, **attempt.reasons}
    return _rejudgement(results, again, reasons, set_up)


def _access(
    results: Results, description: TargetDescription, client: Client, recorder: Recorder, redactor: Redactor
) -> Access:
    """Return the access of the run, set up from the record.

    Raises NotRecordedError or Unavailable when the record does not hold the set-up.
    """
    prefix, owner = results.run.prefix, description.owner
    if owner is None:
        if description.writer is None:
            raise NotRecordedError("the record names no writer")
        return DeclaredAccess(
            prefix=prefix,
            writer=description.writer,
            projects=description.projects,
            credentials=description.credentials,
            recorder=recorder,
        )
    api = RestApi(client, recorder, owner, redactor)
    day = datetime.fromisoformat(results.run.started_at).date()
    return ProvisionedAccess(api, provision(api, prefix), prefix=prefix, owner=owner, day=day)


def _rejudgement(
    results: Results, again: Mapping[str, Judgement], reasons: Mapping[str, str], otherwise: str
) -> Rejudgement:
    unreplayed, judgements, differing = {}, [], []
    for entry in results.requirements:
        found = again.get(entry.id)
        if not _was_judged(entry):
            judgements.append(entry)
        elif found is None or entry.id in reasons:
            unreplayed[entry.id] = reasons.get(entry.id, otherwise)
            judgements.append(entry)
        else:
            judgements.append(replace(found, seconds=entry.seconds))
            differing += [entry] if found.verdict is not entry.verdict else []
    return Rejudgement(with_judgements(results, judgements), unreplayed, tuple(differing))


def _was_judged(entry: Judgement) -> bool:
    return entry.verdict is not Verdict.NOT_APPLICABLE and entry.reason not in NOT_JUDGED.values()
