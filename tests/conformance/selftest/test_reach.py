"""A fault's reach holds every check of which it chooses a request, and is unknown where that cannot be said."""

from __future__ import annotations

import time
from contextlib import ExitStack

import pytest

from conformance.requirements.catalogue import load_catalogue
from conformance.selftest.fault_runs import Selection
from conformance.selftest.faults.fault import Fault
from conformance.selftest.faults.newest import FirstFileWins
from conformance.selftest.mutation import MakeMutation, header, refuse, rewrite_response
from conformance.selftest.package_requests import is_download, is_publish
from conformance.selftest.reach import OVER_THE_RUN, Survey, sample
from conformance.selftest.timeline import TimedPurpose, purposes_at
from tests.support.mutated_registry import mutated

FILE = "/api/v4/projects/7/packages/generic/tool/1.0/tool.bin"
TIMELINE = (
    TimedPurpose("set-up", 1, 2),
    TimedPurpose("a.one", 3, 4),
    TimedPurpose("b.two", 5, 6),
    TimedPurpose("clean-up", 7, 8),
)


@pytest.mark.parametrize(
    ("moments", "reach"),
    [
        ([3.5], {"a.one"}),
        ([3.5, 5.5, 7.5], {"a.one", "b.two"}),
        ([1.5, 3.5], None),
        ([3.5, 4.5], None),
        ([], set()),
    ],
)
def test_requests_belong_to_the_check_that_waited_for_them(moments: list[float], reach: set[str] | None) -> None:
    assert purposes_at(moments, TIMELINE) == reach


@pytest.mark.parametrize(
    ("make", "reached"),
    [
        (refuse(is_download, 404), {"a.one"}),
        (rewrite_response(lambda _, response: response.status == 200, header("ETag", None)), {"a.one"}),
        (refuse(is_publish, 404), None),
        (rewrite_response(lambda _, response: response.status == 404, header("ETag", None)), None),
        (FirstFileWins, None),
    ],
)
def test_a_fault_reaches_the_checks_of_which_it_chooses_requests(make: MakeMutation, reached: set[str] | None) -> None:
    survey = Survey({"f": Fault("Wrong.", make)})
    began = time.monotonic()
    with ExitStack() as stack:
        mutated(stack, lambda: survey).ask("GET", FILE)
    reaches = survey.reaches([TimedPurpose("a.one", began, time.monotonic())])
    assert reaches == ({"f": reached} if reached else {})


def test_a_fault_that_spreads_may_reach_every_check() -> None:
    survey = Survey({"f": Fault("Wrong.", refuse(is_download, 404), spreads=True)})
    with ExitStack() as stack:
        mutated(stack, lambda: survey).ask("GET", FILE)
    assert survey.reaches(TIMELINE) == {}


def test_a_sampled_fault_is_judged_by_all_and_a_pinned_one_by_its_row() -> None:
    reaches = {"f": frozenset({"b.two", "a.one"})}
    assert Selection(reaches=reaches).only("f") == ("a.one", "b.two")
    assert Selection(reaches=reaches, exhaustive={"f"}).only("f") == ()
    assert Selection({"f": ("a.one",)}, reaches).only("f") == ("a.one",)
    assert Selection(reaches=reaches).only("g") == ()


def test_the_sample_is_the_same_every_time_and_neither_empty_nor_all() -> None:
    names = [f"section.fault-{number}" for number in range(300)]
    assert sample(names) == sample(reversed(names))
    assert 5 < len(sample(names)) < 40


def test_what_is_judged_over_the_whole_run_is_reached_by_whatever_reaches_anything() -> None:
    survey = Survey({"f": Fault("Wrong.", refuse(is_download, 404)), "g": Fault("Wrong.", refuse(is_publish, 404))})
    began = time.monotonic()
    with ExitStack() as stack:
        mutated(stack, lambda: survey).ask("GET", FILE)
    asked = TimedPurpose("a.one", began, time.monotonic())
    over_the_run = [TimedPurpose(identifier, 1, 2) for identifier in OVER_THE_RUN]
    assert survey.reaches([asked, *over_the_run]) == {"f": {"a.one", *OVER_THE_RUN}}


def test_the_catalogue_has_what_is_judged_over_the_whole_run() -> None:
    assert set(load_catalogue().by_id) >= OVER_THE_RUN
