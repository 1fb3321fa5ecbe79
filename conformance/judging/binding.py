"""Binds checks to requirements: every check names the one requirement that it judges."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import pytest

MARK = "requirement"
Case = TypeVar("Case")
Check = TypeVar("Check", bound=Callable[..., object])


def judges(identifier: str) -> Callable[[Check], Check]:
    """Bind a check to a requirement."""
    mark: Callable[[Check], Check] = getattr(pytest.mark, MARK)(identifier)
    return mark


def judges_each(cases: Mapping[str, Case], argument: str = "case") -> Callable[[Check], Check]:
    """Bind a check to several requirements, one run for each with its own case as `argument`."""
    mark = getattr(pytest.mark, MARK)
    parameters = [pytest.param(case, id=identifier, marks=mark(identifier)) for identifier, case in cases.items()]
    return pytest.mark.parametrize(argument, parameters)


def bound_to(item: pytest.Item) -> Iterator[str]:
    """Yield the ids that a collected check is bound to."""
    for mark in item.iter_markers(MARK):
        yield str(mark.args[0])
