"""POST /api/events: what is read, how much, and what is answered."""

import json

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from lib.errors import InvalidInput
from lib.server import event_routes
from lib.server.event_routes import create_event_routes, parse_events
from tests.database.event_calls import create_token, usage
from tests.database.factories import fetch_value, insert_customer
from tests.database.rpc import call_rpc
from tests.database.test_events import NOTHING


@pytest.fixture
def post(stack, company, sql):
    insert_customer(sql, company.id, company.csm.id, name="Acme", domain="acme.test")
    client = TestClient(Starlette(routes=create_event_routes()))
    own = create_token(company)

    def send(body: bytes, token: str | None = own, **headers: str):
        named = {"Authorization": f"Bearer {token}"} if token is not None else {}
        return client.post("/api/events", content=body, headers=named | headers)

    return send


def test_json_and_json_lines_are_stored_and_answered_with_a_receipt(post):
    events = [usage(), usage()]
    assert post(json.dumps(events).encode()).json() == NOTHING | {"accepted": 2}
    lines = "\n".join(map(json.dumps, [*events, usage()]))
    assert post(lines.encode()).json() == NOTHING | {"accepted": 1, "duplicates": 2}
    assert post(json.dumps(usage(), indent=2).encode()).json()["accepted"] == 1
    refused = post(json.dumps([usage(logins="many")]).encode())
    assert (refused.status_code, refused.json()["refused"][0]["position"]) == (200, 1)


def test_every_unknown_token_is_answered_alike(post):
    body = json.dumps([usage()]).encode()
    answers = [post(body, token) for token in (None, "", "x", "zen_events_" + "0" * 64, "x" * 5000)]
    answers += [post(body, None, Authorization=each) for each in ("Basic eDp5", "Bearer", "bearer  ")]
    assert {(answer.status_code, answer.text) for answer in answers} == {(401, answers[0].text)}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"  \n ", b"[]", b"{", b"[1,", b"\xff\xfe[", b"[NaN]", b"[" * 100_000, b'{"a":' * 50_000,
        b"[" + b"9" * 5000 + b"]",
    ],
)  # fmt: skip
def test_what_is_not_json_is_refused_with_400(post, body):
    assert post(body).status_code == 400


@pytest.mark.parametrize(
    ("body", "line"),
    [('{"id": "1"}\n\n{"id": ', 3), ('{"id": "1"}\nid;type\n', 2), ("\n".join(["{}"] * 20 + ["{}}"]), 21)],
)
def test_the_line_that_is_no_json_is_named_and_nothing_is_stored(post, body, line):
    answer = post(body.encode())
    assert (answer.status_code, answer.json()["error"]) == (400, f"Line {line} is not JSON.")


def test_long_values_are_refused_by_their_place_and_the_others_stored(post):
    long, deep = usage() | {"user": "x" * 100_000}, usage() | {"user": {"a": {"b": [[[1]]]}}}
    named = usage() | {"k" * 100_000: 1}
    answer = post("\n".join(json.dumps(event) for event in (long, usage(), deep, named)).encode()).json()
    assert (answer["accepted"], [each["position"] for each in answer["refused"]]) == (1, [1, 3, 4])


@pytest.mark.parametrize("header", ["X-Api-Key", "Cookie", "Proxy-Authorization"])
def test_a_token_in_another_header_is_no_token(post, company, header):
    assert post(b"[]", None, **{header: f"Bearer {create_token(company)}"}).status_code == 401


def test_a_revoked_token_is_refused_from_the_next_request_on(post, company):
    body = json.dumps([usage()]).encode()
    token = create_token(company)
    assert post(body, token).status_code == 200
    for each in call_rpc(company.admin, "list_event_tokens"):
        call_rpc(company.admin, "revoke_event_token", p_token_id=each["id"])
    assert post(body, token).status_code == 401


@pytest.mark.parametrize("text", ['"\\ud800"', '"\\u0000"', "1e400", "-1e400", "9" * 400])
def test_values_that_cannot_be_stored_are_no_fault(post, text):
    event = json.dumps(usage()).replace('"u1"', text)
    assert post(f"[{event}]".encode()).status_code in (200, 400)


def test_large_requests_are_refused_whatever_their_header_says(post):
    assert post(b" " * (event_routes.MAX_BODY_BYTES + 1)).status_code == 413

    def chunks():
        for _ in range(200):
            yield b" " * 10_000

    assert post(chunks()).status_code == 413
    assert post(json.dumps([1] * 1001).encode()).status_code == 413


def test_a_spent_allowance_is_429_with_a_time_to_wait(post, sql, company):
    spent = "update private.event_token_keys k set full_at = now() + interval '1 hour' from public.event_tokens t"
    sql.execute(f"{spent} where t.id = k.token_id and t.company_id = %s", [company.id])
    answer = post(json.dumps([usage()]).encode())
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")


def test_too_many_open_requests_are_refused(post, monkeypatch):
    body = json.dumps([usage()]).encode()
    monkeypatch.setattr(event_routes, "MAX_OPEN", 0)
    assert post(body).status_code == 503


def test_whoever_has_no_token_takes_no_place_from_those_who_have_one(post, company, monkeypatch):
    body = json.dumps([usage()]).encode()
    assert post(body).status_code == 200
    monkeypatch.setattr(event_routes, "MAX_OPEN_OF_UNKNOWN", 0)
    assert (post(body).status_code, post(body, "zen_events_" + "0" * 64).status_code) == (200, 503)
    monkeypatch.setattr(event_routes, "MAX_OPEN_OF_TOKEN", 0)
    assert post(body).status_code == 503


def test_an_answer_names_no_company_and_is_not_kept(post, company, sql):
    answer = post(json.dumps([usage()]).encode())
    assert answer.headers["Cache-Control"] == "no-store"
    assert str(company.id) not in answer.text
    assert fetch_value(sql, "select count(*) from private.received_events where company_id = %s", company.id) == 1


def test_1000_events_are_read_and_1001_are_not():
    assert len(parse_events(json.dumps([{}] * 1000).encode())) == 1000
    with pytest.raises(InvalidInput):
        parse_events(json.dumps([{}] * 1001).encode())


def test_the_server_answers_at_this_address_without_a_cookie_whatever_the_origin(app):
    for headers in ({}, {"Origin": "https://elsewhere.test"}, {"Accept": "text/html"}):
        answer = httpx.post(f"{app.url}/api/events", content=b"[]", headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (401, "This token is not valid.")
