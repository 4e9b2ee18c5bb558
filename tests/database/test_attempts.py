"""Limits of attempts: buckets that fill again, shared by all processes, asked by somebody who is not signed in."""

import secrets

import pytest
from postgrest.exceptions import APIError

from tests.database.factories import fetch_value
from tests.database.rpc import assert_refused, call_rpc, run_concurrently


def new_keys(*scopes: str) -> dict[str, str]:
    return {scope: secrets.token_hex(32) for scope in scopes or ("address",)}


def take(anyone, keys, kind="sign_in"):
    return call_rpc(anyone, "take_attempt", p_kind=kind, p_keys=keys)


def give_back(anyone, keys, kind="sign_in"):
    return call_rpc(anyone, "return_attempt", p_kind=kind, p_keys=keys)


def pass_time(sql, keys, interval):
    """As if it were later, for these buckets."""
    stored = [bytes.fromhex(key) for key in keys.values()]
    sql.execute("update private.attempts set full_at = full_at - %s::interval where key = any(%s)", [interval, stored])


def use_up(anyone, keys, kind="sign_in"):
    """How many were allowed before the first that was not."""
    return next(count for count in range(200) if take(anyone, keys, kind) > 0)


@pytest.mark.parametrize(
    ("kind", "scope", "burst"),
    [
        ("sign_in", "address", 10),
        ("sign_in", "device", 10),
        ("sign_in", "browser", 20),
        ("sign_in", "network", 100),
        ("code_request", "address", 3),
        ("code_request", "device", 3),
        ("code_request", "browser", 5),
        ("code_request", "network", 30),
        ("code_check", "address", 5),
        ("code_check", "device", 5),
        ("code_check", "browser", 10),
        ("code_check", "network", 60),
    ],
)
def test_so_many_attempts_are_allowed_at_once(anyone, kind, scope, burst):
    assert use_up(anyone, new_keys(scope), kind) == burst


def test_a_refusal_says_how_long_to_wait_and_counts_nothing(anyone, sql):
    keys = new_keys()
    assert use_up(anyone, keys) == 10
    assert 0 < take(anyone, keys) <= 360
    for _ in range(20):
        take(anyone, keys)
    pass_time(sql, keys, "6 minutes")
    assert take(anyone, keys) == 0
    assert take(anyone, keys) > 0


def test_the_waiting_never_grows_beyond_one_refill(anyone, sql):
    keys = new_keys()
    for _ in range(60):
        take(anyone, keys)
    assert take(anyone, keys) <= 360
    pass_time(sql, keys, "1 hour")
    assert use_up(anyone, keys) == 10


def test_an_attempt_counts_in_all_its_scopes_or_in_none(anyone):
    one, network = new_keys("address"), new_keys("network")
    use_up(anyone, one)
    for _ in range(120):
        assert take(anyone, one | network) > 0
    assert use_up(anyone, network) == 100


def test_parallel_guesses_are_counted_one_by_one(anyone):
    keys = new_keys("address", "network")
    outcomes = run_concurrently([lambda: take(anyone, keys) for _ in range(24)])
    assert outcomes.count(0) == 10


def test_kinds_have_buckets_of_their_own(anyone):
    keys = new_keys()
    use_up(anyone, keys, "sign_in")
    assert take(anyone, keys, "code_check") == 0


def test_a_success_gives_all_back_but_to_its_network_only_one(anyone):
    keys = new_keys("address", "network")
    for _ in range(10):
        take(anyone, keys)
    give_back(anyone, keys)
    assert use_up(anyone, {"address": keys["address"]}) == 10
    assert use_up(anyone, {"network": keys["network"]}) == 91


def test_a_new_code_can_be_tried_whatever_was_guessed_before(anyone):
    keys = new_keys()
    use_up(anyone, keys, "code_check")
    assert take(anyone, keys, "code_request") == 0
    assert use_up(anyone, keys, "code_check") == 5


@pytest.mark.parametrize("kind", ["sign_in", "x", None])
@pytest.mark.parametrize(
    "keys",
    [{}, [], "x", None, {"address": "ab"}, {"address": None}, {"address": "g" * 64}, {"elsewhere": "a" * 64}],
)
def test_what_is_no_hash_of_a_known_scope_is_refused(anyone, kind, keys):
    for call in (take, give_back):
        with assert_refused("PT400"):
            call(anyone, keys, kind)


def test_full_buckets_are_forgotten(anyone, sql):
    keys = new_keys()
    take(anyone, keys)
    pass_time(sql, keys, "1 day")
    take(anyone, new_keys())
    assert fetch_value(sql, "select count(*) from private.attempts where full_at < now()") == 0


def test_a_flood_of_made_up_keys_is_bounded_and_forgets_the_fullest_first(sql):
    with sql.transaction(force_rollback=True):
        sql.execute("delete from private.attempts")
        sql.execute(
            "insert into private.attempts select 'sign_in', 'address', sha256(n::text::bytea), "
            "now() + n * interval '1 second' from generate_series(1, 500) n"
        )
        sql.execute("select private.trim_attempts(100)")
        kept = "select count(*), min(full_at) >= now() + interval '401 seconds' from private.attempts"
        assert sql.execute(kept).fetchone() == (100, True)


def test_neither_addresses_nor_keys_can_be_read(company, anyone):
    for who in (company.admin.client, anyone):
        with pytest.raises(APIError) as refused:
            who.table("attempts").select("key").execute()
        assert refused.value.code in ("PGRST205", "42P01"), "there is no such table over HTTP"
