"""Judging a run again, offline: the same checks, with a recording in the place of the registry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from conformance.evidence.recording import NotRecordedError, Recording
from conformance.evidence.replayed_client import ReplayedClient, ReplayedClock
from conformance.judging.plugin import JudgingPlugin, Listener
from conformance.judging.results import Judgement, Results, with_judgements
from conformance.judging.session import run_checks
from conformance.judging.suite import NOT_JUDGED
from conformance.requirements.catalogue import Catalogue
from conformance.requirements.model import Requirement
from conformance.target.access import Access, Unavailable
from conformance.target.declared_access import DeclaredAccess
from conformance.target.provisioned_access import ProvisionedAccess
from conformance.target.provisioned_projects import provision
from conformance.target.redirects import RedirectPolicy
from conformance.target.registry import Registry
from conformance.target.rest import RestApi
from conformance.transport.recorder import Recorder
from conformance.transport.redaction import Redactor

UNKNOWN = "this suite has no such requirement"


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
        return sum(_was_judged(self.results, entry) for entry in self.results.requirements) - len(self.unreplayed)


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
    judged = [entry.id for entry in results.requirements if _was_judged(results, entry)]
    known = [catalogue.by_id[identifier] for identifier in judged if identifier in catalogue.by_id]
    reasons = {identifier: UNKNOWN for identifier in judged if identifier not in catalogue.by_id}
    replay = _Replay(results, catalogue)
    try:
        again = replay.judge(known)
    except (NotRecordedError, Unavailable) as error:
        again = {}
        reasons |= {one.id: f"the set-up cannot be replayed: {replay.redactor.text(str(error))}" for one in known}
    return _rejudgement(results, again, {**reasons, **replay.attempt.reasons})


class _Replay:
    """A run with its recording in the place of the registry."""

    def __init__(self, results: Results, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.redactor = Redactor()
        self._run = results.run
        self._recorder = Recorder()
        self._recorder.restore(results.exchanges)
        self._description = results.description.description(results.run.target)
        for credential in self._description.known_credentials():
            self.redactor.add(credential.variable, credential.secret)
        recording = Recording(results.exchanges, self.redactor)
        self.attempt = Attempt(recording)
        self._redirects = RedirectPolicy(
            self._description.address.host,
            frozenset(self._run.redirect_hosts),
            recording.unresolved,
            {decision.authority: decision for decision in self._run.redirects},
        )
        self._client = ReplayedClient(self._description.address, self._recorder, recording, ReplayedClock())

    def judge(self, requirements: Sequence[Requirement]) -> dict[str, Judgement]:
        """Run the checks of the requirements and return their judgements by requirement id.

        Raises NotRecordedError or Unavailable when the record does not hold the set-up.
        """
        registry = Registry(
            self._client,
            self._access(),
            self._recorder,
            large_bytes=self._run.large_bytes,
            redirects=self._redirects,
        )
        plugin = JudgingPlugin(
            requirements,
            self._description.expected_failures,
            self._recorder,
            self.attempt,
            is_gone=self._client.is_gone,
        )
        run_checks({"judging": plugin, "registry": registry}, self._catalogue.sections_of(requirements))
        return {judgement.id: judgement for judgement in plugin.judgements}

    def _access(self) -> Access:
        prefix, owner, writer = self._run.prefix, self._description.owner, self._description.writer
        if owner is not None:
            api = RestApi(self._client, self._recorder, owner, self.redactor)
            day = datetime.fromisoformat(self._run.started_at).date()
            provisioned = provision(api, prefix, self._run.parent_group)
            return ProvisionedAccess(api, provisioned, prefix=prefix, owner=owner, settle=self._run.settle, day=day)
        if writer is None:
            raise NotRecordedError("the record names neither an owner nor a writer")
        return DeclaredAccess(
            prefix=prefix,
            writer=writer,
            projects=self._description.projects,
            credentials=self._description.credentials,
            recorder=self._recorder,
        )


def _rejudgement(results: Results, again: Mapping[str, Judgement], reasons: Mapping[str, str]) -> Rejudgement:
    """Put together what was found again, and the recorded judgements wherever there is a reason why it was not."""
    judgements, differing = [], []
    for entry in results.requirements:
        found = again.get(entry.id)
        if found is None or entry.id in reasons:
            judgements.append(entry)
        else:
            judgements.append(replace(found, seconds=entry.seconds))
            differing += [entry] if found.verdict is not entry.verdict else []
    return Rejudgement(with_judgements(results, judgements), reasons, tuple(differing))


def _was_judged(results: Results, entry: Judgement) -> bool:
    return entry.capability not in results.description.capabilities_off and entry.reason not in NOT_JUDGED.values()
