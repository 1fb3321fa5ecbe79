"""Which principals a mutation concerns, by what they do and who they are; each returns a predicate."""

from __future__ import annotations

from conformance.selftest.messages import Request
from conformance.selftest.mutation import PrincipalPredicate
from conformance.selftest.package_requests import concerns_package_file, is_publish, is_read
from conformance.selftest.principal import Principal


def anonymous(_: Request, by: Principal) -> bool:
    """Choose principals without a credential."""
    return by.is_anonymous


def outsider(_: Request, by: Principal) -> bool:
    """Choose principals with a valid token who are no members of the project."""
    return by.is_outsider


def publishing(who: PrincipalPredicate) -> PrincipalPredicate:
    """Choose publishes by these principals."""
    return lambda request, by: is_publish(request) and who(request, by)


def reading(who: PrincipalPredicate) -> PrincipalPredicate:
    """Choose downloads and HEADs by these principals."""
    return lambda request, by: is_read(request) and who(request, by)


def using_files(who: PrincipalPredicate) -> PrincipalPredicate:
    """Choose requests of every method about package files by these principals."""
    return lambda request, by: concerns_package_file(request) and who(request, by)


def in_private(who: PrincipalPredicate) -> PrincipalPredicate:
    """Choose these principals where they are in a private project."""
    return lambda request, by: by.sees_private and who(request, by)


def in_public(who: PrincipalPredicate) -> PrincipalPredicate:
    """Choose these principals where they are in a public project."""
    return lambda request, by: by.visibility == "public" and who(request, by)


def unknown(*schemes: str) -> PrincipalPredicate:
    """Choose principals who present an unknown credential by one of these schemes."""
    return lambda _, by: by.is_unknown and by.scheme in schemes


def level(number: int) -> PrincipalPredicate:
    """Choose members of this access level whose token has the whole API in its scope."""
    return lambda _, by: by.is_member and by.level == number and "api" in by.scopes


def scoped(*scopes: str) -> PrincipalPredicate:
    """Choose members whose token has exactly these scopes."""
    return lambda _, by: by.is_member and by.scopes == frozenset(scopes)


def basic(kind: str) -> PrincipalPredicate:
    """Choose principals who present a token of this kind as a Basic password."""
    return lambda _, by: by.scheme == "basic" and by.kind == kind
