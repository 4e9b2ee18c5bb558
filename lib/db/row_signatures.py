"""Signatures of what Zen writes: a row inserted with a person's own token has none.

A signature is an HMAC over every field that gives the row its meaning, and over where it stands: the same row in
another conversation, or after another question, is not signed. Adding a field ends the signatures of earlier rows.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lib.errors import InvalidInput
from lib.settings import MIN_SECRET_LENGTH

PURPOSE = b"zen row signature 1"

MESSAGE_FIELDS = (
    "thread_id", "parent_id", "answer_id", "position", "role", "message_type", "content", "branch_type", "branch_id",
    "status", "error", "context_id", "model", "input_tokens", "output_tokens", "cost_usd",
)  # fmt: skip
TOOL_CALL_FIELDS = ("id", "thread_id", "answer_id", "tool", "input", "edited_input", "output", "status", "error")

_CENTS_OF_CENTS = Decimal("0.000001")

RowFields = Mapping[str, Any]


class RowSigner:
    """Signs with the first of `secrets`; what any of them signed is authentic.

    Raises InvalidInput without a secret, or for a short one.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        if not secrets or any(len(secret) < MIN_SECRET_LENGTH for secret in secrets):
            raise InvalidInput(f"Rows are signed with secrets of at least {MIN_SECRET_LENGTH} characters.")
        self._keys = tuple(_derive_signing_key(secret) for secret in secrets)

    def sign_message(self, row: RowFields) -> str:
        """The signature of a row of `workflow_chat_messages`; absent fields count as null."""
        return _compute_hmac(self._keys[0], _serialize_message(row))

    def sign_tool_call(self, row: RowFields) -> str:
        """The signature of a row of `workflow_llm_tool_calls`; absent fields count as null."""
        return _compute_hmac(self._keys[0], _serialize_tool_call(row))

    def is_message_authentic(self, row: RowFields) -> bool:
        """True for a person's message, and for any other that Zen signed."""
        return row.get("role") == "user" or self._is_signed(row, _serialize_message)

    def is_tool_call_authentic(self, row: RowFields) -> bool:
        return self._is_signed(row, _serialize_tool_call)

    def _is_signed(self, row: RowFields, serialize: Any) -> bool:
        signature = row.get("signature")
        if not isinstance(signature, str):
            return False
        try:
            payload = serialize(row)
        except (TypeError, ValueError, ArithmeticError):
            return False
        given = signature.encode()
        return any(hmac.compare_digest(_compute_hmac(key, payload).encode(), given) for key in self._keys)


@lru_cache(maxsize=64)
def _derive_signing_key(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())


def _compute_hmac(key: bytes, payload: bytes) -> str:
    return hmac.new(key, payload, hashlib.sha256).hexdigest()


def _serialize_message(row: RowFields) -> bytes:
    cost = row.get("cost_usd")
    # The database keeps six places; the gateways send the amount as a number or as text.
    exact = None if cost is None else f"{Decimal(str(cost)).quantize(_CENTS_OF_CENTS, ROUND_HALF_UP):f}"
    defaults = {"position": row.get("position") or 0, "status": row.get("status") or "complete"}
    return _serialize_signed_fields("message", MESSAGE_FIELDS, {**row, **defaults, "cost_usd": exact})


def _serialize_tool_call(row: RowFields) -> bytes:
    return _serialize_signed_fields("tool call", TOOL_CALL_FIELDS, row)


def _serialize_signed_fields(kind: str, fields: Sequence[str], row: RowFields) -> bytes:
    values = [_to_canonical_json(row.get(field)) for field in fields]
    return json.dumps([kind, *values], sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _to_canonical_json(value: Any) -> Any:
    """A JSON value as every gateway gives it back: numbers as doubles, since 1, 1.0 and 1e0 are the same to jsonb."""
    # By exact type first: a table has thousands of values, and `isinstance` of an abstract class is slow.
    kind = type(value)
    if value is None or kind is str or kind is bool:
        return value
    if kind is float or kind is int:
        try:
            return value + 0.0  # no negative zero, which jsonb does not know
        except OverflowError:
            return str(value)
    if kind is dict or isinstance(value, Mapping):
        return {str(key): _to_canonical_json(part) for key, part in value.items()}
    if kind is list or isinstance(value, list | tuple):
        return [_to_canonical_json(part) for part in value]
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"{kind.__name__} is no JSON value.")
