"""The order of a fair line."""

import itertools
import random

import pytest

from reference_server.frontend.http.fair_line import FairLine


def emptied(line: FairLine[str]) -> list[str]:
    """Take everything out of a line, first to last."""
    taken = []
    while line:
        taken.append(line.first)
        line.remove(taken[-1])
    return taken


def test_askers_take_turns_however_much_each_asks_for() -> None:
    line: FairLine[str] = FairLine()
    for name, asker in (("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b"), ("c1", "c"), ("b2", "b")):
        line.add(name, asker)
    assert emptied(line) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_whoever_gives_up_leaves_the_line_and_loses_nobody_a_turn() -> None:
    line: FairLine[str] = FairLine()
    for name in ("a1", "a2", "b1", "b2"):
        line.add(name, name[0])
    line.remove("a2")
    line.remove("a2")
    line.remove("b1")
    assert emptied(line) == ["a1", "b2"]
    with pytest.raises(StopIteration):
        line.first  # noqa: B018 -- reading it is what fails


def test_nobody_waits_for_more_than_one_turn_of_each_other_asker() -> None:
    chance = random.Random(1)
    line: FairLine[str] = FairLine()
    numbers = itertools.count()
    for _ in range(200):
        asker = chance.choice("abcde")
        line.add(f"{asker}{next(numbers)}", asker)
    served = "".join(name[0] for name in emptied(line))
    assert len(served) == 200
    shortest = min(served.count(asker) for asker in "abcde")
    assert {len(set(served[start : start + 5])) for start in range(0, 5 * shortest, 5)} == {5}
