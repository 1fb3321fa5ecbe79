"""What the model accepts, and what it calls a divergence."""

import pytest

from tests.state_machine.model import (
    ChangeSettings,
    Content,
    DeleteFile,
    DeletePackage,
    Download,
    ListFiles,
    ListPackages,
    Operation,
    Outcome,
    Publish,
    ReadSettings,
    Registry,
    one_after_another,
)

PACKAGE = ("alpha", "1.0")
OLD, NEW = Content(b"old content"), Content(b"new")


def published(content: Content) -> Publish:
    return Publish(PACKAGE, "a", content, chunked=False)


def stored() -> Registry:
    """Return a registry with a package 5 of the files 8, old, and 9, new, of one name."""
    first = Registry().after(published(OLD), Outcome(200, (5, 8)))
    assert first
    second = first.after(published(NEW), Outcome(200, (5, 9)))
    assert second
    return second


FITTING: list[tuple[Operation, Outcome]] = [
    (Download(PACKAGE, "a", None), Outcome(200, content=NEW)),
    (Download(PACKAGE, "a", (1, 99)), Outcome(206, content=Content(b"ew"))),
    (Download(PACKAGE, "a", (3, 4)), Outcome(416)),
    (Download(PACKAGE, "b", None), Outcome(404)),
    (ListPackages(), Outcome(200, (5,))),
    (ListFiles(5), Outcome(200, (8, 9))),
    (ListFiles(6), Outcome(404)),
    (ReadSettings(), Outcome(200, (1,))),
    (DeletePackage(5), Outcome(204)),
    (DeleteFile(5, 7), Outcome(404)),
    (published(OLD), Outcome(200, (5, 10))),
]


@pytest.mark.parametrize(("operation", "outcome"), FITTING)
def test_what_a_registry_answers_is_accepted(operation: Operation, outcome: Outcome) -> None:
    assert stored().after(operation, outcome)


@pytest.mark.parametrize(("operation", "outcome"), FITTING)
def test_another_status_is_a_divergence(operation: Operation, outcome: Outcome) -> None:
    assert stored().after(operation, Outcome(500)) is None


@pytest.mark.parametrize(
    ("operation", "outcome"),
    [
        (Download(PACKAGE, "a", None), Outcome(200, content=OLD)),
        (ListPackages(), Outcome(200, ())),
        (ListFiles(5), Outcome(200, (9, 8))),
        (published(OLD), Outcome(200, (5, 9))),
        (published(OLD), Outcome(200, (6, 10))),
        (published(OLD), Outcome(400)),
    ],
)
def test_stale_content_a_lost_package_and_numbers_given_twice_are_divergences(
    operation: Operation, outcome: Outcome
) -> None:
    assert stored().after(operation, outcome) is None


def test_deleting_the_newest_file_brings_back_the_one_before() -> None:
    left = stored().after(DeleteFile(5, 9), Outcome(204))
    assert left
    assert left.after(Download(PACKAGE, "a", None), Outcome(200, content=OLD))


@pytest.mark.parametrize(
    ("allowed", "exception", "status"),
    [(False, "", 400), (False, "alpha", 200), (False, "1[.]0", 200), (False, "alph", 400), (True, "alpha", 400)],
)
def test_a_second_file_of_a_name_follows_the_settings(*, allowed: bool, exception: str, status: int) -> None:
    registry = stored().after(ChangeSettings(allowed, exception), Outcome(200))
    assert registry
    outcomes = {200: Outcome(200, (5, 10)), 400: Outcome(400)}
    accepted = [code for code, outcome in outcomes.items() if registry.after(published(OLD), outcome)]
    assert accepted == [status]


def test_outcomes_at_the_same_time_need_one_order_that_explains_all() -> None:
    download: Operation = Download(PACKAGE, "a", None)
    deleted: tuple[Operation, Outcome] = (DeletePackage(5), Outcome(204))
    afterwards: list[tuple[Operation, Outcome]] = [(ListPackages(), Outcome(200))]
    before: tuple[Operation, Outcome] = (download, Outcome(200, content=NEW))
    assert one_after_another(stored(), [deleted, before], afterwards)
    assert one_after_another(stored(), [deleted, (download, Outcome(404))], afterwards)
    assert one_after_another(stored(), [deleted, deleted], afterwards) is None
    assert one_after_another(stored(), [deleted, before], [(ListPackages(), Outcome(200, (5,)))]) is None
