"""How many credentials that name no valid token may come from one address."""

import pytest

from reference_server.contract.failure import Failure
from reference_server.storage.access.failed_authentications import MINUTE_SECONDS, FailedAuthentications

ONE, OTHER = "203.0.113.9", "203.0.113.10"
GUESS, OWN = b"guess", b"own"


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def failed(failures: FailedAuthentications, address: str, times: int) -> FailedAuthentications:
    for _ in range(times):
        failures.note_failure(address)
    return failures


def refused(failures: FailedAuthentications, address: str, digest: bytes = GUESS) -> str | None:
    """Return after how many seconds a credential that is refused may come again; None for one that is not."""
    try:
        failures.check(address, digest)
    except Failure as failure:
        return failure.metadata["retry_after_seconds"]
    return None


def test_further_credentials_from_an_address_are_refused_until_its_minute_is_over(clock: Clock) -> None:
    failures = failed(FailedAuthentications(3, clock), ONE, 2)
    assert refused(failures, ONE) is None
    failed(failures, ONE, 1)
    assert (refused(failures, ONE), refused(failures, OTHER)) == ("61", None)
    clock.now += MINUTE_SECONDS - 1
    assert refused(failures, ONE) == "2"
    clock.now += 1
    assert refused(failures, ONE) is None
    assert refused(failed(failures, ONE, 1), ONE) is None
    assert (failures.failed, failures.refused) == (4, 2)


def test_what_proved_valid_from_the_address_is_let_in_still(clock: Clock) -> None:
    failures = FailedAuthentications(1, clock)
    failures.note_success(ONE, OWN)
    failed(failures, ONE, 1)
    failed(failures, OTHER, 1)
    assert refused(failures, ONE, OWN) is None
    assert refused(failures, ONE) is not None
    assert refused(failures, OTHER, OWN) is not None


def test_what_an_ipv6_subscriber_has_counts_as_one_address(clock: Clock) -> None:
    failures = failed(FailedAuthentications(1, clock), "2001:db8:0:1::7", 1)
    assert refused(failures, "2001:db8:0:1::8") is not None
    assert refused(failures, "2001:db8:0:2::8") is None
    assert refused(failed(failures, "::ffff:203.0.113.9", 1), ONE) is not None


def test_without_a_limit_or_an_address_nothing_is_refused(clock: Clock) -> None:
    assert refused(failed(FailedAuthentications(0, clock), ONE, 100), ONE) is None
    assert refused(failed(FailedAuthentications(1, clock), "", 100), "") is None


def test_what_is_remembered_is_bounded(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reference_server.storage.access.failed_authentications._ADDRESSES", 2)
    monkeypatch.setattr("reference_server.storage.access.failed_authentications._PROVEN", 1)
    failures = FailedAuthentications(1, clock)
    for number in range(3):
        failures.note_success(f"192.0.2.{number}", OWN)
        failed(failures, f"192.0.2.{number}", 1)
    assert [refused(failures, f"192.0.2.{number}") is None for number in range(3)] == [True, False, False]
    assert [refused(failures, f"192.0.2.{number}", OWN) is None for number in (1, 2)] == [False, True]
