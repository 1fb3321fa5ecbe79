"""Patterns of protection rules."""

import fnmatch
import time

from hypothesis import given
from hypothesis import strategies as st

from reference_server.storage.rules.protection import matches

PLAIN = st.text("ab.+-_*", max_size=12)
NAMES = st.text("ab.+-_", max_size=12)


@given(PLAIN, NAMES)
def test_a_pattern_matches_as_a_shell_would_with_stars_alone(pattern: str, name: str) -> None:
    assert matches(pattern, name) is fnmatch.fnmatchcase(name, pattern)


@given(st.text(max_size=255), st.text(max_size=255))
def test_any_pattern_and_any_name_have_an_answer(pattern: str, name: str) -> None:
    assert matches(pattern.replace("*", ""), pattern.replace("*", ""))
    assert matches(f"*{pattern}*", f"{name}{pattern}{name}")


def test_case_does_not_matter() -> None:
    assert matches("My-*-Tool", "mY-own-tOOL")


def test_a_hostile_pattern_takes_no_longer_than_a_plain_one_by_much() -> None:
    def cost(pattern: str, name: str) -> float:
        matches(pattern, name)
        started = time.thread_time()
        for _ in range(20):
            assert not matches(pattern, name)
        return time.thread_time() - started

    assert cost("a*" * 127 + "b", "a" * 255) < 1000 * cost("a" * 255, "b" * 255)
