"""Duplicates: what a second file of a name gets under each policy of its group."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus

from conformance.checks.graphql import Policy, set_policy, was_set
from conformance.checks.packages_api import address_of, expect_column, recorded
from conformance.checks.steps import in_parallel, stored
from conformance.content.generator import GeneratedContent
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.access import Subgroup
from conformance.target.registry import FileLocation, Registry
from conformance.transport.response import Response, describe

PARALLEL = 16
NAMES, VERSIONS = ".*-excepted", "9[.]9[.][0-9]+"
ALLOWED, REFUSED = Policy(True), Policy(False)
ALLOWED_BUT_NAMES, ALLOWED_BUT_VERSIONS = Policy(True, NAMES), Policy(True, VERSIONS)
REFUSED_BUT_NAMES, REFUSED_BUT_VERSIONS = Policy(False, NAMES), Policy(False, VERSIONS)
REFUSED_BUT_EITHER = Policy(False, f"{NAMES}|{VERSIONS}")


@dataclass(frozen=True, slots=True)
class Second:
    """The second publish of a file name: the group's policy, what the package is called, and the status."""

    policy: Policy
    status: int
    suffix: str = ""
    version: str = "1.0.0"


TABLE = {
    "duplicates.allowed-unmatched-is-201": Second(ALLOWED_BUT_NAMES, 201),
    "duplicates.allowed-matched-is-201": Second(ALLOWED_BUT_NAMES, 201, suffix="-excepted"),
    "duplicates.allowed-matched-is-400": Second(ALLOWED_BUT_NAMES, 400, suffix="-excepted"),
    "duplicates.allowed-matched-version-is-201": Second(ALLOWED_BUT_VERSIONS, 201, version="9.9.2"),
    "duplicates.allowed-matched-version-is-400": Second(ALLOWED_BUT_VERSIONS, 400, version="9.9.2"),
    "duplicates.refused-without-exception-is-400": Second(REFUSED, 400),
    "duplicates.refused-unmatched-is-400": Second(REFUSED_BUT_NAMES, 400),
    "duplicates.refused-matched-name-is-201": Second(REFUSED_BUT_NAMES, 201, suffix="-excepted"),
    "duplicates.refused-matched-version-is-201": Second(REFUSED_BUT_VERSIONS, 201, version="9.9.1"),
    "duplicates.part-of-a-name-is-no-match": Second(REFUSED_BUT_NAMES, 400, suffix="-excepted-not"),
    "duplicates.part-of-a-version-is-no-match": Second(REFUSED_BUT_VERSIONS, 400, version="1.9.9.1"),
    "duplicates.alternation-splits-the-anchors": Second(REFUSED_BUT_EITHER, 201, suffix="-excepted-not"),
}


@judges_each(TABLE)
def test_second_file_of_a_name(case: Second, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Under the policy of its group a file name, accepted once under every policy, is published a second time."""
    subgroup = _subgroup_with(case.policy, registry, control)
    plain = registry.location(version=case.version)
    location = replace(plain, package=plain.package + case.suffix)
    stored(registry, control, location, project=subgroup.project)
    expect(registry.publish(location, registry.content(), project=subgroup.project)).status(case.status)


@judges("duplicates.other-file-name-is-201")
def test_other_file_name_is_201(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Where a second file of a name is refused, another file name is published to the package: accepted."""
    _expect_no_duplicate(registry, expect, control, lambda location: replace(location, file="other.bin"))


@judges("duplicates.other-version-is-201")
def test_other_version_is_201(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Where a second file of a name is refused, the name is published in another version: accepted."""
    _expect_no_duplicate(registry, expect, control, lambda location: replace(location, version="2.0.0"))


@judges("duplicates.deleted-file-is-no-duplicate")
def test_deleted_file_is_no_duplicate(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A duplicate is refused, the first file is deleted, and the publish is tried again: accepted."""
    subgroup = _subgroup_with(REFUSED, registry, control)
    file = recorded(registry, control, project=subgroup.project)
    control(registry.publish(file.location, registry.content(), project=subgroup.project), "before").status(400)
    path = f"{address_of(subgroup.project)}/{file.package}/package_files/{file.id}"
    control(registry.call("DELETE", path), "deleted").status(204)
    expect(registry.publish(file.location, registry.content(), project=subgroup.project)).status(201)


@judges("duplicates.refusal-says-so")
def test_refusal_says_so(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes a duplicate: GitLab's words tell it from any other bad request."""
    words = "Duplicate package is not allowed"
    response = _refused(registry, control, _subgroup_with(REFUSED, registry, control))
    expect(response).key("message", lambda value: str(value).endswith(words), words)


@judges("duplicates.refused-keeps-the-first")
def test_refused_keeps_the_first(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes a duplicate and is refused: the first file downloads as it was."""
    subgroup = _subgroup_with(REFUSED, registry, control)
    file = stored(registry, control, project=subgroup.project)
    control(registry.publish(file.location, registry.content(), project=subgroup.project), "refused").status(400)
    expect(registry.download(file.location, project=subgroup.project)).body(file.content)


@judges("duplicates.refused-leaves-the-status")
def test_refused_leaves_the_status(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes a duplicate as hidden and is refused: the package is in the list as before."""
    project = _subgroup_with(REFUSED, registry, control).project
    file = stored(registry, control, project=project)
    refused = registry.publish(file.location, registry.content(), project=project, query="status=hidden")
    control(refused, "refused").status(400)
    response = registry.call("GET", address_of(project), query=f"package_name={file.location.package}")
    expect_column(expect, response, [file.location.package])


@judges("duplicates.subgroups-do-not-inherit")
def test_subgroups_do_not_inherit(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A group refuses duplicates, its subgroup has no settings of its own: a duplicate below is accepted."""
    below = registry.access.subgroup("inheriting", within=_refusing(registry, control))
    file = stored(registry, control, project=below.project)
    expect(registry.publish(file.location, registry.content(), project=below.project)).status(201)


@judges("duplicates.subgroups-may-differ")
def test_subgroups_may_differ(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A subgroup of a group that refuses duplicates gets settings that allow them: a duplicate below is accepted."""
    below = registry.access.subgroup("differing", within=_refusing(registry, control))
    _set(registry, expect, below, ALLOWED, "own policy")
    file = stored(registry, control, project=below.project)
    expect(registry.publish(file.location, registry.content(), project=below.project)).status(201)


@judges("duplicates.parallel-uploads-leave-one")
def test_parallel_uploads_leave_one(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Many clients publish one file name at the same moment where duplicates are refused: one is accepted.

    A registry that looks first and writes later lets two through.
    """
    _, _, responses = _race(registry, control)
    found = sorted(str(response.status) for response in responses)
    holds = found == ["201"] + ["400"] * (PARALLEL - 1)
    wanted = f"one 201 and {PARALLEL - 1} times 400"
    expect.that("statuses", holds=holds, expected=wanted, actual=" ".join(found), response=responses[0])


@judges("duplicates.parallel-winner-downloads")
def test_parallel_winner_downloads(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Many clients publish one file name at the same moment: what is there afterwards is one that was told 201.

    GitLab looks first and writes later, so that it may have told several.
    """
    location, contents, responses = _race(registry, control)
    accepted = {
        content.sha256
        for content, response in zip(contents, responses, strict=True)
        if response.status == HTTPStatus.CREATED
    }
    control.that("winner", holds=bool(accepted), expected="a 201", actual="none", response=responses[0])
    found = registry.download(location, project=_subgroup(registry, REFUSED).project)
    holds = found.sha256 in accepted
    expect.that("body", holds=holds, expected="the bytes of one told 201", actual=describe(found), response=found)


def _subgroup(registry: Registry, policy: Policy) -> Subgroup:
    return registry.access.subgroup(f"{'allowed' if policy.allowed else 'refused'}{'-but' if policy.exception else ''}")


def _subgroup_with(policy: Policy, registry: Registry, control: Evaluator) -> Subgroup:
    """Return a subgroup with this policy; label "policy", a control."""
    subgroup = _subgroup(registry, policy)
    _set(registry, control, subgroup, policy)
    return subgroup


def _set(registry: Registry, evaluator: Evaluator, subgroup: Subgroup, policy: Policy, label: str = "policy") -> None:
    response = set_policy(registry, subgroup.path, policy, registry.access.writer)
    evaluator.that(label, holds=was_set(response), expected=f"{policy}", actual=describe(response), response=response)


def _refused(registry: Registry, control: Evaluator, subgroup: Subgroup) -> Response:
    """Publish a file twice; labels "published status" and "refused status", controls."""
    file = stored(registry, control, project=subgroup.project)
    response = registry.publish(file.location, registry.content(), project=subgroup.project)
    control(response, "refused").status(400)
    return response


def _refusing(registry: Registry, control: Evaluator) -> Subgroup:
    """Return a subgroup that has refused a duplicate; label "above status", a control."""
    above = _subgroup_with(REFUSED, registry, control)
    location = registry.location()
    registry.publish(location, registry.content(), project=above.project)
    control(registry.publish(location, registry.content(), project=above.project), "above").status(400)
    return above


def _expect_no_duplicate(
    registry: Registry, expect: Evaluator, control: Evaluator, departing: Callable[[FileLocation], FileLocation]
) -> None:
    """Expect 201 at a location that departs from one where a second file is refused."""
    subgroup = _subgroup_with(REFUSED, registry, control)
    file = stored(registry, control, project=subgroup.project)
    control(registry.publish(file.location, registry.content(), project=subgroup.project), "refused").status(400)
    expect(registry.publish(departing(file.location), registry.content(), project=subgroup.project)).status(201)


def _race(registry: Registry, control: Evaluator) -> tuple[FileLocation, list[GeneratedContent], list[Response]]:
    """Publish one file name at the same moment many times, each time with other bytes."""
    project, location = _subgroup_with(REFUSED, registry, control).project, registry.location()
    contents = [registry.content() for _ in range(PARALLEL)]
    return (
        location,
        contents,
        in_parallel([partial(registry.publish, location, each, project=project) for each in contents]),
    )
