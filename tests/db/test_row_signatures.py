import json
from decimal import Decimal
from typing import Any

import pytest

from lib.db.row_signatures import MESSAGE_FIELDS, TOOL_CALL_FIELDS, RowSigner
from lib.errors import InvalidInput

SECRET, OTHER = "a secret of these tests, long enough", "another secret of these tests, long"
SIGNER = RowSigner((SECRET,))
ANSWER: dict[str, Any] = {
    "thread_id": "t1", "parent_id": "q1", "answer_id": "a1", "position": 0, "role": "assistant",
    "message_type": "text", "content": {"type": "text", "text": "ARR is $64,570."}, "branch_type": "llm",
    "branch_id": None, "status": "complete", "error": None, "context_id": "c1", "model": "small",
    "input_tokens": 10, "output_tokens": 4, "cost_usd": "0.0000125",
}  # fmt: skip
CALL: dict[str, Any] = {
    "id": "k1", "thread_id": "t1", "answer_id": "a1", "tool": "save_answer", "input": {"field": "goal", "value": 1},
    "edited_input": None, "output": {"text": "Done."}, "status": "succeeded", "error": None,
}  # fmt: skip
OTHER_VALUES = {"position": 1, "content": {}, "input": {}, "output": {}, "input_tokens": 11, "output_tokens": 5}


def signed_answer(**changes: Any) -> dict[str, Any]:
    return ANSWER | {"signature": SIGNER.sign_message(ANSWER)} | changes


def signed_call(**changes: Any) -> dict[str, Any]:
    return CALL | {"signature": SIGNER.sign_tool_call(CALL)} | changes


def test_what_zen_signed_is_authentic_and_nothing_else() -> None:
    assert SIGNER.is_message_authentic(signed_answer())
    assert SIGNER.is_tool_call_authentic(signed_call())
    for signature in (None, "", "x", 5, "ü", SIGNER.sign_message(ANSWER).upper(), SIGNER.sign_tool_call(CALL)):
        assert not SIGNER.is_message_authentic(signed_answer(signature=signature))


def test_the_signed_fields_are_all_that_give_a_row_its_meaning() -> None:
    assert set(MESSAGE_FIELDS) == set(ANSWER)
    assert set(TOOL_CALL_FIELDS) == set(CALL)


@pytest.mark.parametrize("field", MESSAGE_FIELDS)
def test_every_field_of_an_answer_is_signed(field: str) -> None:
    other = "system" if field == "role" else "0.01" if field == "cost_usd" else OTHER_VALUES.get(field, "other")
    assert not SIGNER.is_message_authentic(signed_answer(**{field: other}))


@pytest.mark.parametrize("field", TOOL_CALL_FIELDS)
def test_every_field_of_a_tool_call_is_signed(field: str) -> None:
    assert not SIGNER.is_tool_call_authentic(signed_call(**{field: OTHER_VALUES.get(field, "other")}))


@pytest.mark.parametrize("moved", [{"thread_id": "t2"}, {"parent_id": "q2"}, {"answer_id": "a2"}, {"position": 1}])
def test_a_copy_in_another_place_is_not_authentic(moved: dict[str, Any]) -> None:
    assert not SIGNER.is_message_authentic(signed_answer(**moved))


def test_a_persons_message_needs_no_signature_and_an_answer_is_none() -> None:
    assert SIGNER.is_message_authentic({"role": "user", "content": {}})
    for role in ("assistant", "system", None):
        assert not SIGNER.is_message_authentic(ANSWER | {"role": role})


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"b": 1, "a": [1.0, 2]}, {"a": [1, 2.0], "b": 1.0}),
        ({"x": 1e16}, {"x": 10000000000000000}),
        ({"x": -0.0}, {"x": 0}),
        ({"x": 0.1 + 0.2}, json.loads('{"x": 0.30000000000000004}')),
        ({"x": ("a", None, True)}, {"x": ["a", None, True]}),
        ({"x": "Zoë \u2028 “”"}, json.loads(json.dumps({"x": "Zoë \u2028 “”"}))),
    ],
)
def test_what_jsonb_and_a_gateway_write_anew_stays_authentic(sent: dict[str, Any], stored: dict[str, Any]) -> None:
    row = ANSWER | {"content": sent}
    assert SIGNER.is_message_authentic(row | {"content": stored, "signature": SIGNER.sign_message(row)})


@pytest.mark.parametrize("other", [{"x": "1"}, {"x": True}, {"x": None}, {"x": [1]}, {}, {"x": 1, "y": None}])
def test_values_that_are_not_the_same_are_told_apart(other: dict[str, Any]) -> None:
    row = ANSWER | {"content": {"x": 1}}
    assert not SIGNER.is_message_authentic(row | {"content": other, "signature": SIGNER.sign_message(row)})


@pytest.mark.parametrize("stored", ["0.000013", 0.000013, Decimal("0.000013")])
def test_a_cost_is_signed_as_the_database_rounds_it(stored: Any) -> None:
    assert SIGNER.is_message_authentic(signed_answer(cost_usd=stored))


def test_fields_cannot_run_into_each_other() -> None:
    row = ANSWER | {"branch_type": "ab", "branch_id": "c"}
    assert not SIGNER.is_message_authentic(
        row | {"branch_type": "a", "branch_id": "bc", "signature": SIGNER.sign_message(row)}
    )


def test_what_an_old_secret_signed_stays_authentic_and_the_new_one_signs() -> None:
    rotated = RowSigner((OTHER, SECRET))
    assert rotated.is_message_authentic(signed_answer())
    assert rotated.sign_message(ANSWER) == RowSigner((OTHER,)).sign_message(ANSWER)
    assert not RowSigner((OTHER,)).is_message_authentic(signed_answer())


@pytest.mark.parametrize("secrets", [(), ("short",), (SECRET, "short"), ("",)])
def test_a_short_secret_is_refused(secrets: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput, match="at least 32 characters"):
        RowSigner(secrets)


def test_a_row_that_cannot_be_read_is_not_authentic() -> None:
    for broken in ({"content": {"x": object()}}, {"cost_usd": "much"}, {"content": {"x": float("nan")}}):
        assert not SIGNER.is_message_authentic(signed_answer(**broken))
