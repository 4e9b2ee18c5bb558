"""What somebody might try with events: other companies, revoked tokens, other scopes, guesses, huge requests."""

import hashlib
import json

import pytest

from lib.db.client import Client
from tests.database.clients import anonymous_client
from tests.database.event_calls import create_token, ticket, usage
from tests.database.factories import fetch_rows, fetch_value, insert_customer
from tests.database.rpc import assert_refused, call_rpc
from tests.security.hostile_values import HOSTILE, find_fault, send


@pytest.fixture
def nobody(stack) -> Client:
    return anonymous_client()


@pytest.fixture
def companies(new_company, sql):
    pair = new_company("Northwind Analytics"), new_company("Someone Else")
    for company in pair:
        insert_customer(sql, company.id, company.csm.id, name="Acme", domain="acme.test")
    return pair


def send_events(client, token, *events):
    return call_rpc(client, "receive_events", p_token=token, p_events=list(events))


def test_a_token_writes_to_its_own_company_only(nobody, companies, sql):
    send_events(nobody, create_token(companies[0]), ticket(number="T-9"))
    rows = fetch_rows(sql, "select company_id from public.tickets where number = 'T-9' and company_id = any(%s)",
                      [companies[0].id, companies[1].id])  # fmt: skip
    assert [row["company_id"] for row in rows] == [companies[0].id]


def test_a_signed_in_stranger_with_a_token_writes_as_the_token_not_as_themselves(companies, sql):
    send_events(companies[1].csm, create_token(companies[0]), ticket(number="T-8"))
    (row,) = fetch_rows(sql, "select company_id, changed_by from public.row_changes where table_name = 'tickets' "
                        "and after ->> 'number' = 'T-8' and company_id = any(%s)",
                        [companies[0].id, companies[1].id])  # fmt: skip
    assert row == {"company_id": companies[0].id, "changed_by": None}


def test_unknown_revoked_and_hashed_tokens_get_the_same_answer(nobody, companies):
    token = create_token(companies[0])
    (listed,) = call_rpc(companies[0].admin, "list_event_tokens")
    call_rpc(companies[0].admin, "revoke_event_token", p_token_id=listed["id"])
    digest = hashlib.sha256(token.encode()).hexdigest()
    answers = set()
    for guess in ("", "x", token, token[:-1], digest, f"\\x{digest}", listed["id"], "zen_events_" + "0" * 64):
        with assert_refused("PT403", "This token is not valid.") as caught:
            send_events(nobody, guess, usage())
        answers.add((caught.value.code, caught.value.message, caught.value.details, caught.value.hint))
    assert len(answers) == 1


def test_a_token_sends_only_what_its_scopes_name(nobody, companies):
    token = create_token(companies[0], "usage")
    answer = send_events(nobody, token, usage(), ticket())
    refused = {"position": 2, "reason": "This token may not send events of this type."}
    assert (answer["accepted"], answer["refused"]) == (1, [refused])


def test_only_admins_make_see_and_revoke_tokens_of_their_own_company(companies, nobody):
    token = create_token(companies[0])
    (listed,) = call_rpc(companies[0].admin, "list_event_tokens")
    assert token not in str(listed)
    assert call_rpc(companies[1].admin, "list_event_tokens") == []
    with assert_refused("PT404"):
        call_rpc(companies[1].admin, "revoke_event_token", p_token_id=listed["id"])
    for member in (companies[0].csm, companies[0].manager):
        for function, arguments in (
            ("create_event_token", {"p_name": "Mine", "p_scopes": ["usage"]}),
            ("list_event_tokens", {}),
            ("revoke_event_token", {"p_token_id": listed["id"]}),
        ):
            with assert_refused("PT403"):
                call_rpc(member, function, **arguments)
    assert send_events(nobody, token, usage())["accepted"] == 1


def test_neither_the_history_nor_an_admin_holds_a_token_or_its_hash(companies, sql):
    token = create_token(companies[0])
    digest = hashlib.sha256(token.encode()).hexdigest()
    read = companies[0].admin.client.table("event_tokens").select("*").execute().data
    told = str(read) + str(fetch_rows(sql, "select * from public.row_changes where company_id = %s", companies[0].id))
    assert digest not in told
    assert token.removeprefix("zen_events_") not in told
    assert fetch_value(sql, "select count(*) from private.event_token_keys where token_hash = decode(%s, 'hex')",
                       digest) == 1  # fmt: skip


@pytest.mark.parametrize("scopes", [[], ["admin"], ["usage", "usage", "tickets"], [None], None])
def test_scopes_are_usage_and_tickets(companies, scopes):
    if scopes and "usage" in scopes:
        made = call_rpc(companies[0].admin, "create_event_token", p_name="Both", p_scopes=scopes)
        assert set(made) == {"id", "token"}
        return
    with assert_refused("PT400"):
        call_rpc(companies[0].admin, "create_event_token", p_name="None", p_scopes=scopes)


def test_a_company_has_at_most_20_valid_tokens(companies):
    for _ in range(20):
        create_token(companies[0])
    with assert_refused("PT409"):
        create_token(companies[0])


@pytest.mark.parametrize("events", [[], {}, None, "x", [usage()] * 1001, [{"id": "x" * 2_000_001}]])
def test_requests_are_bounded_in_the_database_too(nobody, companies, events):
    with assert_refused("PT400"):
        call_rpc(nobody, "receive_events", p_token=create_token(companies[0]), p_events=events)


def test_hostile_values_in_every_field_are_refused_or_stored_never_a_fault(nobody, companies, sql):
    token = create_token(companies[0])
    values = {text for kind in ("text", "jsonb", "date", "bigint", "boolean") for text in HOSTILE[kind]}
    for made in (usage, ticket):
        # One request for each value: every field of an event has it, each in an event of its own.
        for value in values:
            events = [
                json.dumps(made() | {field: 0}).replace(f'"{field}": 0', f'"{field}": {value}') for field in made()
            ]
            raw = {"p_events": f"[{', '.join(events)}]"}
            answer = send(nobody, "rpc/receive_events", {"p_token": token}, raw)
            assert find_fault(answer) is None, (made, value[:100])
    sql.execute("select private.roll_up_events(5000)")
