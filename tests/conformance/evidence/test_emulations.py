"""Offline as online where a run had to wait, was told to come again, and was sent to another host."""

from pathlib import Path

import pytest

from conformance.evidence.folder import edits_in
from conformance.judging.verdicts import Outcome
from conformance.selftest.faults.fault import CURRENT
from conformance.selftest.good_server import reference_server
from conformance.transport.clock import Clock
from tests.conformance.evidence.test_broken_registries import assert_offline_is_as_online, judged

pytestmark = pytest.mark.slow
EMULATED = "late-rights=1,late-jobs=1,rate-limits=300,direct-download"


def test_a_patient_run_is_judged_offline_as_online(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with reference_server(tmp_path / "server", CURRENT, "--emulate", EMULATED) as registry:
        (tmp_path / "out").mkdir()
        online = judged(registry.url, registry, tmp_path / "out")
    assert online.outcome is Outcome.CONFORMANT
    assert any(exchange.response and exchange.response.status == 429 for exchange in online.exchanges)
    assert any(decision.ip for decision in online.run.redirects)
    monkeypatch.setattr(Clock, "sleep", pytest.fail)
    assert_offline_is_as_online(online)
    assert edits_in(tmp_path / "out") == []
