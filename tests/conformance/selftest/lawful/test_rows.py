"""The rows of the acquittal matrix: names, sentences, and what they give up."""

from __future__ import annotations

import re
from fnmatch import filter  # noqa: A004 - of names by a glob

from conformance.requirements.catalogue import load_catalogue
from conformance.requirements.gitlab_version import NEWEST
from conformance.selftest.lawful.catalogue import every_lawful_registry
from conformance.selftest.lawful.selection import COMBINED, VERSIONS, lawful_named, made_by_proxy, trials_of


def test_there_are_as_many_rows_as_the_matrix_promises() -> None:
    rows = every_lawful_registry()
    assert len(rows) >= 45
    assert len(made_by_proxy(rows)) >= 30


def test_every_row_has_a_plain_name_one_sentence_and_a_source() -> None:
    for name, row in every_lawful_registry().items():
        assert re.fullmatch(r"[a-z]+\.[a-z0-9.]+(-[a-z0-9.]+)*", name), name
        assert re.fullmatch(r"[^\n]+\.", row.difference), name
        assert row.source, name


def test_no_two_rows_differ_in_the_same_way() -> None:
    differences = [row.difference for row in every_lawful_registry().values()]
    assert len(set(differences)) == len(differences)


def test_rows_give_up_requirements_that_exist_and_say_why() -> None:
    known = load_catalogue().by_id
    exemptions = [exemption for row in every_lawful_registry().values() for exemption in row.exemptions]
    assert [glob for exemption in exemptions for glob in exemption.requirements if not filter(known, glob)] == []
    assert all(exemption.why for exemption in exemptions)


def test_rows_declare_off_capabilities_that_exist_and_say_why() -> None:
    declared = [pair for row in every_lawful_registry().values() for pair in row.without]
    assert {capability for capability, _ in declared} <= set(load_catalogue().capabilities)
    assert all(why for _, why in declared)


def test_the_sample_of_a_quick_self_test_is_there() -> None:
    assert len(lawful_named(COMBINED)) >= 3


def test_every_row_is_judged_by_the_newest_version_and_a_part_by_others() -> None:
    names = list(every_lawful_registry())
    trials = trials_of(names, VERSIONS, exhaustive=False)
    assert [one.name for one in trials if one.measure.version == NEWEST] == names
    assert {one.name for one in trials if one.measure.version == VERSIONS[-1]} >= set(lawful_named(COMBINED))
    assert len(trials_of(names, VERSIONS, exhaustive=True)) == len(names) * len(VERSIONS) > len(trials)
