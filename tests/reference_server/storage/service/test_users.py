"""Users: who makes, sees, changes and deletes them."""

from functools import partial

import pytest
from generic_packages.storage.v1 import identity_pb2 as pb

from tests.support.storage import ANONYMOUS, Registry
from tests.support.storage_users import new_user, person


def _create(registry: Registry, **values: object) -> str:
    known = {"username": "fresh", "name": "n", "email": "fresh@example.org"}
    return registry.outcome("CreateUser", **{**known, **values})


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"username": ""}, "PARAMETER_MISSING"),
        ({"username": "two words"}, "PARAMETER_INVALID"),
        ({"username": "x"}, "PARAMETER_INVALID"),
        ({"name": ""}, "PARAMETER_MISSING"),
        ({"email": ""}, "PARAMETER_MISSING"),
        ({"email": "nowhere"}, "PARAMETER_INVALID"),
        ({"email": "a@b\n"}, "PARAMETER_INVALID"),
        ({"credentials": ANONYMOUS}, "CREDENTIAL_INVALID"),
    ],
)
def test_malformed_users_are_refused(registry: Registry, values: dict[str, object], refusal: str) -> None:
    assert _create(registry, **values) == refusal


def test_only_administrators_make_change_and_delete_users(registry: Registry) -> None:
    ordinary, victim = person(registry), new_user(registry)
    assert _create(registry, credentials=ordinary.credentials) == "ROLE_INSUFFICIENT"
    ended = registry.outcome("UpdateUser", by=ordinary.credentials, user_id=victim.id, name="changed")
    assert ended == "ROLE_INSUFFICIENT"
    assert registry.outcome("DeleteUser", by=ordinary.credentials, user_id=victim.id) == "ROLE_INSUFFICIENT"
    second = person(registry, administrator=True)
    assert registry.outcome("DeleteUser", by=second.credentials, user_id=victim.id) == "OK"
    assert registry.outcome("DeleteUser", by=second.credentials, user_id=victim.id) == "USER_NOT_FOUND"


def test_names_and_addresses_are_taken_once_in_any_letter_case(registry: Registry) -> None:
    user = new_user(registry)
    other = new_user(registry)
    assert _create(registry, username=user.username.upper()) == "USER_TAKEN"
    assert _create(registry, email=user.email.upper()) == "USER_TAKEN"
    assert registry.outcome("UpdateUser", user_id=other.id, email=user.email) == "USER_TAKEN"


def test_an_address_is_seen_by_its_user_and_by_administrators_alone(registry: Registry) -> None:
    user, other = person(registry), person(registry)
    assert registry.ask("GetUser", by=user.credentials, user_id=user.id).user.email == f"{user.username}@example.org"
    assert registry.ask("GetUser", user_id=user.id).user.email == f"{user.username}@example.org"
    assert registry.ask("GetUser", by=other.credentials, user_id=user.id).user.email == ""
    assert registry.outcome("GetUser", user_id=10**9) == "USER_NOT_FOUND"


def test_users_are_listed_newest_first_and_found_by_name_search_and_state(registry: Registry) -> None:
    first, second = new_user(registry), new_user(registry)

    def listed(**values: object) -> list[int]:
        return [user.id for user in registry.ask("ListUsers", per_page=100, **values).users]

    everyone = listed()
    assert everyone == sorted(everyone, reverse=True)
    assert {first.id, second.id} < set(everyone)
    assert listed(username=first.username.upper()) == [first.id]
    assert listed(search=f"{second.username}@example") == [second.id]
    assert listed(search="100%_of_nobody") == []
    registry.ask("UpdateUser", user_id=first.id, state=pb.USER_STATE_BLOCKED)
    assert first.id in listed(state=pb.USER_STATE_BLOCKED)
    assert first.id not in listed(state=pb.USER_STATE_ACTIVE)


def test_pages_hold_what_is_asked_for_and_say_how_many_there_are(registry: Registry) -> None:
    for _ in range(3):
        new_user(registry)
    page = partial(registry.ask, "ListUsers")
    first, second = page(per_page=2), page(per_page=2, page=2)
    assert len(first.users) == 2
    assert {user.id for user in first.users}.isdisjoint(user.id for user in second.users)
    assert first.total == second.total >= 4
    beyond = page(page=2**62, per_page=100)
    assert (list(beyond.users), beyond.total) == ([], first.total)


@pytest.mark.parametrize("values", [{"page": 0}, {"page": -1}, {"per_page": 0}, {"per_page": -5}])
def test_pages_below_one_are_refused(registry: Registry, values: dict[str, int]) -> None:
    assert registry.outcome("ListUsers", **values) == "PARAMETER_VALUE_UNKNOWN"


def test_a_blocked_user_is_kept_out_until_it_is_let_in_again(registry: Registry) -> None:
    user = person(registry)

    def turn(state: pb.UserState.ValueType) -> None:
        registry.ask("UpdateUser", user_id=user.id, state=state)

    turn(pb.USER_STATE_BLOCKED)
    assert registry.outcome("GetCaller", by=user.credentials) == "USER_BLOCKED"
    turn(pb.USER_STATE_ACTIVE)
    assert registry.outcome("GetCaller", by=user.credentials) == "OK"


def test_a_deleted_users_tokens_are_worthless(registry: Registry) -> None:
    user = person(registry)
    registry.ask("DeleteUser", user_id=user.id)
    assert registry.outcome("GetCaller", by=user.credentials) == "CREDENTIAL_INVALID"


def test_an_administrator_does_not_delete_itself(registry: Registry) -> None:
    admin = person(registry, administrator=True)
    assert registry.outcome("DeleteUser", by=admin.credentials, user_id=admin.id) == "PARAMETER_INVALID"
