"""Lists in parts: filters, orders, numbered pages with totals, and going on from a row."""

# ruff: noqa: ANN401 -- the fields of a part are of several types

import random
from typing import Any

import pytest
from generic_packages.storage.v1 import packages_pb2 as pb

from tests.support.storage import Registry, at, ending

VERSIONS = [("b", "2"), ("a", "10"), ("c", "1"), ("a", "9"), ("b", "1")]


def answer(registry: Registry, project: int, filters: dict[str, str] | None = None, **part: Any) -> Any:
    return registry.ask("ListPackages", project=str(project), filters=filters, part=part)


def names(listed: pb.ListPackagesResponse) -> list[tuple[str, str]]:
    return [(package.name, package.version) for package in listed.packages]


@pytest.fixture(scope="module")
def project(registry: Registry) -> int:
    """Publish packages in no order, and one that is hidden."""
    made = registry.project().id
    for name, version in VERSIONS:
        registry.publish(at(made, name=name, version=version))
    registry.publish(at(made, name="hidden"), status="hidden")
    return int(made)


@pytest.mark.parametrize(
    ("order_by", "expected"),
    [
        (None, VERSIONS),
        ("created_at", VERSIONS),
        ("name", [("a", "10"), ("a", "9"), ("b", "2"), ("b", "1"), ("c", "1")]),
        ("version", [("c", "1"), ("b", "1"), ("a", "10"), ("b", "2"), ("a", "9")]),
        ("type", VERSIONS),
    ],
)
def test_packages_come_in_the_order_that_is_asked_for(
    registry: Registry, project: int, order_by: str | None, expected: list[tuple[str, str]]
) -> None:
    assert names(answer(registry, project, order_by=order_by)) == expected
    assert names(answer(registry, project, order_by=order_by, sort="asc")) == expected
    assert names(answer(registry, project, order_by=order_by, sort="desc")) == expected[::-1]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"package_name": "A"}, [("a", "10"), ("a", "9")]),
        ({"package_name": ""}, VERSIONS),
        ({"package_name": "%"}, []),
        ({"package_name": "_"}, []),
        ({"package_name": "\\"}, []),
        ({"package_name": "a" * 100_000}, []),
        ({"package_version": "1"}, [("c", "1"), ("b", "1")]),
        ({"package_version": "1", "package_name": "b"}, [("b", "1")]),
        ({"package_type": "generic"}, VERSIONS),
        ({"package_type": "npm"}, []),
        ({"status": "hidden"}, [("hidden", "1.0")]),
        ({"status": "default"}, VERSIONS),
        ({"status": "error"}, []),
        ({"status": "processing"}, []),
    ],
)
def test_filters_leave_what_they_name(
    registry: Registry, project: int, filters: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    listed = answer(registry, project, filters)
    assert names(listed) == expected
    assert listed.part.total == len(expected)


def test_a_name_is_found_by_any_part_of_it_in_any_case(registry: Registry) -> None:
    project = registry.project().id
    for name in ("my.Tool_one", "myXtool", "other"):
        registry.publish(at(project, name=name))
    found = {
        part: [name for name, _ in names(answer(registry, project, {"package_name": part}))]
        for part in ("TOOL", "y.T", "l_o")
    }
    assert found == {"TOOL": ["my.Tool_one", "myXtool"], "y.T": ["my.Tool_one"], "l_o": ["my.Tool_one"]}


@pytest.mark.parametrize(
    ("part", "rows", "page", "per_page"),
    [
        ({}, 5, 1, 20),
        ({"per_page": 2}, 2, 1, 2),
        ({"per_page": 2, "page": 3}, 1, 3, 2),
        ({"per_page": 2, "page": 4}, 0, 4, 2),
        ({"per_page": 101}, 5, 1, 100),
        ({"per_page": 2**62}, 5, 1, 100),
        ({"page": 2**62}, 0, 2**62, 20),
    ],
)
def test_a_page_says_what_part_it_is(
    registry: Registry, project: int, part: dict[str, Any], rows: int, page: int, per_page: int
) -> None:
    listed = answer(registry, project, **part)
    assert len(listed.packages) == rows
    assert listed.part == pb.GivenPart(page=page, per_page=per_page, total=5)


@pytest.mark.parametrize(
    ("filters", "part", "refusal"),
    [
        ({}, {"page": 0}, "PARAMETER_VALUE_UNKNOWN"),
        ({}, {"page": -1}, "PARAMETER_VALUE_UNKNOWN"),
        ({}, {"per_page": 0}, "PARAMETER_VALUE_UNKNOWN"),
        ({}, {"order_by": "id"}, "PARAMETER_VALUE_UNKNOWN"),
        ({}, {"order_by": "project_path"}, "PARAMETER_VALUE_UNKNOWN"),
        ({}, {"sort": "ASC"}, "PARAMETER_VALUE_UNKNOWN"),
        ({"status": "gone"}, {}, "PARAMETER_VALUE_UNKNOWN"),
        ({"package_type": "tar"}, {}, "PARAMETER_VALUE_UNKNOWN"),
        ({}, {"keyset": True, "cursor": "nonsense"}, "PARAMETER_INVALID"),
    ],
)
def test_what_no_list_knows_is_refused(
    registry: Registry, project: int, filters: dict[str, str], part: dict[str, Any], refusal: str
) -> None:
    assert ending(lambda: answer(registry, project, filters, **part)) == refusal


def everything(registry: Registry, project: int, **part: Any) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    listed = answer(registry, project, keyset=True, **part)
    while True:
        found += names(listed)
        if not listed.part.HasField("next_cursor"):
            return found
        listed = answer(registry, project, keyset=True, cursor=listed.part.next_cursor, **part)


@pytest.mark.parametrize("sort", ["asc", "desc"])
@pytest.mark.parametrize("order_by", ["created_at", "name", "version", "type"])
@pytest.mark.parametrize("per_page", [1, 2, 5, 6])
def test_going_on_from_row_to_row_gives_the_whole_list(
    registry: Registry, project: int, order_by: str, sort: str, per_page: int
) -> None:
    whole = names(answer(registry, project, order_by=order_by, sort=sort))
    assert everything(registry, project, order_by=order_by, sort=sort, per_page=per_page) == whole


def test_going_on_counts_nothing(registry: Registry, project: int) -> None:
    listed = answer(registry, project, keyset=True, per_page=5)
    assert listed.part == pb.GivenPart(per_page=5)


def test_a_cursor_of_another_order_is_refused(registry: Registry, project: int) -> None:
    cursor = answer(registry, project, keyset=True, per_page=1, order_by="name").part.next_cursor
    others: list[dict[str, Any]] = [{"order_by": "version"}, {"order_by": "name", "sort": "desc"}, {}]
    for other in others:
        outcome = ending(lambda: answer(registry, project, keyset=True, cursor=cursor, **other))  # noqa: B023 -- called at once
        assert outcome == "PARAMETER_INVALID"


@pytest.mark.parametrize("order_by", ["created_at", "name", "version"])
def test_going_on_misses_and_repeats_nothing_while_packages_come_and_go(registry: Registry, order_by: str) -> None:
    project, chance = registry.project().id, random.Random(order_by)
    ids = {
        number: registry.publish(at(project, name=f"n{number:03}", version=f"{number:03}")).package_id
        for number in range(0, 60, 2)
    }
    staying, going = set(ids), [number for number in ids if chance.random() < 0.4]
    found: list[str] = []
    cursor = None
    while True:
        listed = answer(registry, project, keyset=True, per_page=4, order_by=order_by, cursor=cursor)
        found += [package.version for package in listed.packages]
        if not listed.part.HasField("next_cursor"):
            break
        cursor = listed.part.next_cursor
        if going:
            number = going.pop()
            staying.discard(number)
            registry.delete_package(project, ids[number])
        come = chance.randrange(60) | 1
        registry.publish(at(project, name=f"n{come:03}", version=f"{come:03}"))
    assert len(found) == len(set(found))
    assert {f"{number:03}" for number in staying} <= set(found)


@pytest.mark.parametrize(
    ("order_by", "expected"),
    [(None, ["b", "a", "b"]), ("id", ["b", "a", "b"]), ("created_at", ["b", "a", "b"]), ("file_name", ["a", "b", "b"])],
)
def test_files_come_in_the_order_that_is_asked_for(
    registry: Registry, order_by: str | None, expected: list[str]
) -> None:
    project = registry.project().id
    rows = [registry.publish(at(project, name)) for name in ("b", "a", "b")]
    for sort, wanted in (("asc", expected), ("desc", expected[::-1])):
        part = {"order_by": order_by, "sort": sort}
        listed = registry.ask("ListPackageFiles", project=str(project), package_id=rows[0].package_id, part=part)
        assert [file.file_name for file in listed.package_files] == wanted
        assert listed.part == pb.GivenPart(page=1, per_page=20, total=3)
