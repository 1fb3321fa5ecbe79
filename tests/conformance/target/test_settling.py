"""Waiting for rights: all at once, bounded, and not again for one that never came."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from conformance.target.access import AuthenticationScheme, Credential, TargetProject, Unavailable, Visibility
from conformance.target.settling import Right, Settling
from conformance.transport.response import Response
from tests.support.responses import response_of

PROJECT = TargetProject(7, "group/private", Visibility.PRIVATE)


def right(name: str, *, held: bool = True) -> Right:
    return Right(Credential(name, f"secret-of-{name}", AuthenticationScheme.PRIVATE_TOKEN), PROJECT, 30, held)


class Registry:
    """Lists the project from a second on, per secret; `status` is what the list is answered with."""

    def __init__(self, since: dict[str, float], status: int = 200) -> None:
        self.since = since
        self.status = status
        self.clock = 0.0
        self.asked = 0
        self._secret = ""

    def acting_as(self, credential: Credential) -> "Registry":
        self._secret = credential.secret
        return self

    @contextmanager
    def setting_up(self) -> Iterator[None]:
        yield

    def get(self, path: str) -> Response:
        self.asked += 1
        assert "min_access_level=30" in path
        listed = self.clock >= self.since.get(self._secret.removeprefix("secret-of-"), float("inf"))
        return response_of(self.status, b'[{"id": 7}]' if listed else b"[]")

    def now(self) -> float:
        return self.clock

    def sleep(self, seconds: float) -> None:
        self.clock += seconds

    def settling(self, seconds: float = 10, *others: Right) -> Settling:
        return Settling(self, seconds, lambda: others, clock=self)  # type: ignore[arg-type]


def test_rights_that_are_there_cost_one_look_each_and_no_time() -> None:
    registry = Registry({"a": 0, "b": 0})
    settling = registry.settling()
    settling.wait([right("a"), right("b")])
    assert (registry.asked, registry.clock, settling.is_late) == (2, 0, False)


def test_late_rights_are_waited_for_together_with_whatever_else_will_be_needed() -> None:
    registry = Registry({"a": 3, "b": 3.2})
    settling = registry.settling(10, right("b"))
    settling.wait([right("a")])
    waited = registry.clock
    assert settling.is_late
    assert 3.2 <= waited < 5
    settling.wait([right("b")])
    assert registry.clock == waited


def test_a_right_that_never_comes_is_named_and_not_waited_for_again() -> None:
    registry = Registry({"a": 0})
    settling = registry.settling(5)
    with pytest.raises(Unavailable, match="rights did not settle in 5 seconds: b was to have the role developer"):
        settling.wait([right("a"), right("b")])
    waited = registry.clock
    with pytest.raises(Unavailable, match="did not settle"):
        settling.wait([right("b")])
    assert waited <= 5
    assert registry.clock == waited


def test_a_right_that_was_taken_is_waited_for_until_it_is_gone() -> None:
    registry = Registry({"a": 0})
    with pytest.raises(Unavailable, match="a was to have lost the role developer"):
        registry.settling(2).wait([right("a", held=False)])


def test_waiting_in_vain_is_bounded_in_a_run() -> None:
    registry = Registry({})
    settling = registry.settling(5)
    for number in range(20):
        with pytest.raises(Unavailable):
            settling.wait([right(f"never-{number}")])
    assert registry.clock <= 16


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_registry_without_such_a_list_is_not_waited_for(status: int) -> None:
    registry = Registry({}, status)
    registry.settling().wait([right("a")])
    assert registry.clock == 0
