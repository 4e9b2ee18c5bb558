"""Hostile values for arguments and columns of every type, and what may be answered to them."""

import json
import uuid

import httpx

from lib.db.client import Client

HTTP = httpx.Client(timeout=60)

# As JSON, because some of it is none that Python would write.
ANY = ("null", '""', '"\\u0000"', '"\\ud800"', "[]", "{}", "true", "1e400", "[[[[]]]]")
LONG, DEEP = json.dumps("x" * 100_000), "[" * 2000 + "]" * 2000
DOCUMENTS = ('{"\\u0000": 1}', '{"a": "\\ud800"}', '{"a": 1e400}', "[null, 1]", json.dumps({"a": "x" * 500_000}))
DAYS = ('"-infinity"', '"infinity"', '"0044-03-15 BC"', '"1800-01-01"', '"2099-01-01"', '"9999-12-31"', '"soon"')
NUMBERS = ("-1", "0", "1.5", "2147483647", "2147483648", "9223372036854775808", "1e30", '"NaN"', '"Infinity"')
HOSTILE: dict[str, tuple[str, ...]] = {
    "uuid": (*ANY, json.dumps(str(uuid.uuid4())), '"nobody"', LONG),
    "uuid[]": (*ANY, '["nobody"]', "[null]", json.dumps([str(uuid.uuid4())] * 2000)),
    "text[]": (*ANY, "[null]", LONG, json.dumps(["x" * 1000] * 100)),
    "real[]": (*ANY, "[null, 1]", "[0, 0]", '["NaN", 1]', "[1e400, 1]", "[[1, 2]]", json.dumps([0.5] * 20_000)),
    "text": (*ANY, '" "', LONG, "-1", "\"'; drop table customers; --\"", '"%_\\\\"'),
    "jsonb": (*ANY, LONG, DEEP, *DOCUMENTS),
    "date": (*ANY, *DAYS),
    "timestamp with time zone": (*ANY, *DAYS),
    "integer": (*ANY, *NUMBERS),
    "bigint": (*ANY, *NUMBERS),
    "numeric": (*ANY, *NUMBERS),
    "boolean": (*ANY, '"perhaps"', "2"),
}  # fmt: skip

REFUSALS = ("PT4", "PGRST", "42501", "42846", "42883", "22P02", "22P05", "22003", "22007", "22008", "22021")
"""Our own, the gateway's, a grant or policy's, and of the gateway's cast of a value to the argument's type."""


def send(client: Client, path: str, values: dict[str, object], raw: dict[str, str] | None = None) -> httpx.Response:
    """Post an object of these values; those in `raw` are JSON already."""
    texts = {name: json.dumps(value) for name, value in values.items()} | (raw or {})
    body = "{" + ", ".join(f"{json.dumps(name)}: {text}" for name, text in texts.items()) + "}"
    headers = {**client.postgrest.headers, "content-type": "application/json"}
    return HTTP.post(f"{client.rest_url}/{path}", content=body, headers=headers)


def find_fault(answer: httpx.Response, refusals: tuple[str, ...] = REFUSALS) -> str | None:
    """What is wrong with an answer: a fault of the server, or a refusal that is not for people."""
    if answer.status_code < 300:
        return None
    try:
        code, message = answer.json().get("code") or "", answer.json().get("message") or ""
    except ValueError:
        code, message = "", answer.text
    if answer.status_code >= 500 or not code.startswith(refusals) or not message:
        return f"{answer.status_code} {code} {message[:200]}"
    return None
