"""What a page costs: as many statements for a hundred packages as for one, and little more among ten thousand."""

# ruff: noqa: ANN401 -- the fields of a part are of several types

import asyncio
import statistics
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest
from generic_packages.storage.v1 import credential_pb2
from generic_packages.storage.v1 import packages_pb2 as pb
from peewee import BaseQuery

from reference_server.content.pipeline import ContentPipeline
from reference_server.storage.identity.root_token import ensure_root_token
from reference_server.storage.metadata.database import Parameters
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.sqlite.database import SqliteDatabase
from reference_server.storage.metadata.sqlite.migrations import migrate
from reference_server.storage.metadata.sqlite.space import SqliteSpace
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rules.gitlab import GitLab
from reference_server.storage.service.admission import Admission
from reference_server.storage.service.hot_operations import HotOperations
from reference_server.storage.service.packages import PackagesServicer
from reference_server.storage.service.server import CONTRACT
from reference_server.storage.wiring import Rules, build_storage

Response = TypeVar("Response")
FEW, MANY = 100, 10_000
MOST_STATEMENTS = 14
DEAREST = 3  # times


class CountingDatabase(SqliteDatabase):
    count = 0

    def run(self, statement: str, parameters: Parameters = ()) -> Any:
        self.count += 1
        return super().run(statement, parameters)

    def one(self, statement: str, parameters: Parameters = ()) -> Sequence[Any] | None:
        self.count += 1
        return super().one(statement, parameters)

    def rows(self, query: BaseQuery) -> list[Any]:
        self.count += 1
        return super().rows(query)


class Storage:
    """The packages service without its network, on metadata that were written past it."""

    def __init__(self, folder: Path) -> None:
        writing = SqliteDatabase(folder / "metadata")
        migrate(writing)
        ensure_root_token(Metadata(writing), folder / "token")
        _fill(writing)
        writing.close()
        self.database = CountingDatabase(folder / "metadata")
        secret = (folder / "token").read_text().strip()
        self.root = credential_pb2.Credential(scheme=credential_pb2.AUTHENTICATION_SCHEME_PRIVATE_TOKEN, secret=secret)
        self.servicer = asyncio.run(self._servicer(folder))

    async def _servicer(self, folder: Path) -> PackagesServicer:
        writing = SqliteDatabase(folder / "metadata")
        writer = Writer(writing)
        rules = Rules(GitLab(), 1, legacy_digests=False, trash_seconds=0)
        services = build_storage(
            database=self.database,
            writer=writer,
            volume=folder / "volume",
            pipeline=ContentPipeline(),
            space=SqliteSpace(folder / "metadata"),
            rules=rules,
        )
        await writer.close()
        writing.close()
        admission = Admission(services.authentication, services.failed_authentications, CONTRACT, services.gitlab)
        return PackagesServicer(admission, services, HotOperations(admission, services))

    def of_project(self, project: int, per_page: int = 100, **part: Any) -> pb.ListPackagesResponse:
        request = pb.ListPackagesRequest(
            credentials=[self.root], project=str(project), part=pb.ListedPart(per_page=per_page, **part)
        )
        return _answer(self.servicer.ListPackages(request, None))  # type: ignore[arg-type]  # no call, no context

    def of_group(self, group: int, per_page: int = 100, **part: Any) -> pb.ListGroupPackagesResponse:
        request = pb.ListGroupPackagesRequest(
            credentials=[self.root], group=str(group), part=pb.ListedPart(per_page=per_page, **part)
        )
        return _answer(self.servicer.ListGroupPackages(request, None))  # type: ignore[arg-type]  # as above

    def files(self, project: int, package: int, per_page: int) -> pb.ListPackageFilesResponse:
        request = pb.ListPackageFilesRequest(
            credentials=[self.root], project=str(project), package_id=package, part=pb.ListedPart(per_page=per_page)
        )
        return _answer(self.servicer.ListPackageFiles(request, None))  # type: ignore[arg-type]  # as above

    def statements(self, act: Callable[[], object]) -> int:
        self.database.count = 0
        act()
        return self.database.count


def _answer(call: Coroutine[Any, Any, Response]) -> Response:
    """Run a call that waits for nothing, without an event loop whose cost would be counted too."""
    try:
        call.send(None)
    except StopIteration as finished:
        return finished.value  # type: ignore[no-any-return]  # the coroutine's own type
    raise AssertionError("a list waits for nothing")


def _fill(database: SqliteDatabase) -> None:
    """Write two projects in a group each: few packages, and many, which pipelines published; one with many files."""
    database.run("BEGIN")
    for number, count in ((1, FEW), (2, MANY)):
        database.run("INSERT INTO groups VALUES (?, NULL, 'g', 'g', ?, 1, 0, NULL)", (number, f"g{number}"))
        database.run("INSERT INTO group_ancestors VALUES (?, ?, 0)", (number, number))
        columns = "(id, group_id, name, path, full_path, visibility, created_at)"
        database.run(
            f"INSERT INTO projects {columns} VALUES (?, ?, 'p', 'p', ?, 1, 0)", (number, number, f"g{number}/p")
        )
        database.run("INSERT INTO pipelines VALUES (?, 1, ?, NULL, 'main', 0)", (number, number))
        database.run("INSERT INTO jobs (pipeline_id, status, created_at) VALUES (?, 3, 0)", (number,))
        for row in range(count):
            packages = "INSERT INTO packages (project_id, name, version, status, created_at) VALUES (?, ?, ?, 1, ?)"
            package = database.run(packages, (number, f"tool-{row % 97}", f"1.{row}", row)).lastrowid
            database.run("INSERT INTO package_pipelines VALUES (?, ?)", (package, number))
    database.run("INSERT INTO blobs VALUES (x'00', 0, x'')")
    files = "INSERT INTO package_files (package_id, file_name, sha256, size, created_at, pipeline_id)"
    for row in range(FEW):
        database.run(f"{files} VALUES (1, ?, x'00', 0, 0, 1)", (str(row),))
    database.run("COMMIT")


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    filled = Storage(tmp_path_factory.mktemp("metadata"))
    yield filled
    filled.database.close()


@pytest.mark.parametrize("part", [{}, {"page": 3}, {"keyset": True}, {"order_by": "version", "sort": "desc"}])
def test_a_page_of_packages_costs_as_many_statements_as_one_package(storage: Storage, part: dict[str, Any]) -> None:
    for listing, place in ((storage.of_project, 2), (storage.of_group, 2)):
        listed = listing(place, 100, **part)
        assert len(listed.packages) == 100
        assert all(package.pipelines for package in listed.packages)
        of_page = storage.statements(lambda: listing(place, 100, **part))  # noqa: B023 -- called at once
        of_one = storage.statements(lambda: listing(place, 1, **part))  # noqa: B023 -- called at once
        assert of_page == of_one <= MOST_STATEMENTS


def test_a_page_of_files_costs_as_many_statements_as_one_file(storage: Storage) -> None:
    assert all(file.HasField("pipeline") for file in storage.files(1, 1, 100).package_files)
    of_page = storage.statements(lambda: storage.files(1, 1, 100))
    assert of_page == storage.statements(lambda: storage.files(1, 1, 1)) <= MOST_STATEMENTS


@pytest.mark.parametrize("place", ["project", "group"])
@pytest.mark.parametrize(
    "part", [{}, {"order_by": "name"}, {"order_by": "version", "sort": "desc"}, {"page": 50}, {"page": 100}]
)
def test_a_page_of_many_packages_costs_little_more_than_one_of_few(
    storage: Storage, part: dict[str, Any], place: str
) -> None:
    listing: Callable[..., Any] = storage.of_project if place == "project" else storage.of_group

    def cost(number: int, asked: dict[str, Any]) -> float:
        started = time.thread_time()  # other programs' load is not this page's cost
        assert len(listing(number, **asked).packages) == 100
        return time.thread_time() - started

    only_page = {**part, "page": 1}
    few, many = zip(*((cost(1, only_page), cost(2, part)) for _ in range(30)), strict=True)
    assert statistics.median(many) <= DEAREST * statistics.median(few)


@pytest.mark.parametrize("part", [{}, {"order_by": "name", "sort": "desc"}])
def test_pages_from_either_end_make_one_list_without_gap_or_repetition(storage: Storage, part: dict[str, Any]) -> None:
    pages = [[package.id for package in storage.of_project(1, 33, page=page, **part).packages] for page in range(1, 6)]
    assert [len(page) for page in pages] == [33, 33, 33, 1, 0]
    whole = storage.of_project(1, 100, keyset=True, **part).packages
    assert [identifier for page in pages for identifier in page] == [package.id for package in whole]
