"""Offline as online: the whole suite on the good server, and the sections of twenty faults behind their proxies."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.evidence.folder import edits_in, write_evidence
from conformance.evidence.rejudgement import rejudge
from conformance.judging.plugin import Listener
from conformance.judging.results import Results
from conformance.judging.suite import RunSettings, Suite
from conformance.judging.verdicts import Outcome, Verdict
from conformance.requirements.catalogue import load_catalogue
from conformance.requirements.gitlab_version import NEWEST
from conformance.requirements.model import Level
from conformance.selftest.faults.catalogue import every_fault
from conformance.selftest.faults.fault import CURRENT
from conformance.selftest.good_server import GoodRegistry, reference_server
from conformance.selftest.matrix import load
from conformance.selftest.proxy import ProxyHost
from conformance.selftest.upstream import UpstreamAddress
from conformance.target.description import describe_by_token_file
from conformance.transport.redaction import Redactor
from tests.conformance.evidence.test_rejudgement import found

pytestmark = pytest.mark.slow
FAULTS = 20
NAMES = sorted(name for name, fault in every_fault().items() if fault.measure == CURRENT)
SAMPLE = NAMES[:: len(NAMES) // FAULTS][:FAULTS]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoodRegistry]:
    with reference_server(tmp_path_factory.mktemp("good"), CURRENT) as registry:
        yield registry


def judged(url: str, good: GoodRegistry, out: Path, *only: str) -> Results:
    redactor, catalogue = Redactor(), load_catalogue()
    settings = RunSettings(NEWEST, Level.MAY, only, large_bytes=2 << 20, patience=5.0)
    suite = Suite(describe_by_token_file(url, good.token_file), settings, catalogue, redactor)
    return write_evidence(suite.run(Listener()), out, catalogue.titles, redactor)


def assert_offline_is_as_online(online: Results) -> None:
    offline = rejudge(online, load_catalogue())
    assert offline.unreplayed == {}
    assert list(map(found, offline.results.requirements)) == list(map(found, online.requirements))
    assert offline.results.outcome is online.outcome


def test_the_good_server_is_judged_offline_as_online(good: GoodRegistry, tmp_path: Path) -> None:
    online = judged(good.url, good, tmp_path)
    assert online.outcome is Outcome.CONFORMANT
    assert_offline_is_as_online(online)
    assert edits_in(tmp_path) == []


@pytest.mark.parametrize("name", SAMPLE)
def test_a_fault_is_judged_offline_as_online(name: str, good: GoodRegistry, tmp_path: Path) -> None:
    with ProxyHost() as host:
        _, url = host.open(UpstreamAddress(good.host, good.port, good.token), every_fault()[name].make())
        row = load().requirements_of(name)
        sections = {identifier.partition(".")[0] for identifier in row}
        online = judged(url, good, tmp_path, *row, *(f"{section}.*" for section in sections))
    assert Verdict.FAIL in {entry.verdict for entry in online.requirements}
    assert_offline_is_as_online(online)
    assert edits_in(tmp_path) == []


def test_there_are_twenty_faults() -> None:
    assert len(SAMPLE) == FAULTS
