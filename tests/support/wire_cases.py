"""Answers as real servers write them, by name. Tests ask each over both APIs."""

from tests.support.wire_answer_cases import CALLS, CONTENT, THOUGHTS
from tests.support.wire_case import WireCase
from tests.support.wire_ending_cases import BODIES, ENDINGS, USAGE
from tests.support.wire_provider_cases import PROVIDERS
from tests.support.wire_refusal_cases import ADDRESSES, TOO_LONG

__all__ = ["CASES", "THOUGHTS"]

CASES: dict[str, WireCase] = {
    **THOUGHTS,
    **CONTENT,
    **CALLS,
    **ENDINGS,
    **BODIES,
    **ADDRESSES,
    **TOO_LONG,
    **USAGE,
    **PROVIDERS,
}
