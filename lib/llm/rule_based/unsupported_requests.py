"""Requests the built-in assistant refuses: wording, advice, forecasts, comparisons. It never guesses.

Adding one costs a member here and a question in the tests.
"""

import re
from enum import StrEnum

from lib.llm.rule_based.topics import is_topic_word


class UnsupportedRequest(StrEnum):
    """The values finish "I cannot …"."""

    WORDING = "suggest what to say"
    ADVICE = "give advice"
    FORECAST = "tell what somebody will do"
    COMPARISON = "compare with other customers"


_PATTERNS = {
    UnsupportedRequest.WORDING: r"(?:should|do|can|could|would) (?:i|we) (?:best )?"
    r"(?:say|write|tell|answer|reply|respond|word|phrase|put it)\b",
    UnsupportedRequest.ADVICE: r"\b(?:what|how|when|why|whether|if) should (?:i|we)\b(?! know)"
    r"|(?:^|\band )should (?:i|we)\b"
    r"|\bwould you\b(?! (?:show|tell|give|list|find|look))|\b(?:recommend|suggest|advi[cs]e|best way|next step)"
    r"|\bhow (?:do|can|could) (?:i|we) (?:best |still )?(?:handle|convince|win|save|keep|persuade|prevent|fix|react)",
    UnsupportedRequest.FORECAST: r"\b(?:un)?likely\b|\b(?:chances?|probability|odds|predict\w*|forecast\w*)\b"
    r"|\b(?:going to|will (?:they|she|he|[a-z]+)|(?:they|she|he)'ll)"
    r" (?:really )?(?:leave|stay|churn|renew|cancel|sign|agree|accept|say|buy|grow|quit|resign|switch|reject|refuse)\b",
    UnsupportedRequest.COMPARISON: r"\b(?:benchmark\w*|peers|industry average)\b"
    r"|\b(?:other|another|similar) (?:\w+ )?(?:customers?|accounts?|companies|company|clients?)\b"
    r"|\b(?:our|most) (?:\w+ )?(?:customers|accounts|companies|clients)\b",
}  # fmt: skip
_COMPILED_PATTERNS = {limit: re.compile(pattern, re.IGNORECASE) for limit, pattern in _PATTERNS.items()}
_COMPARISON = re.compile(
    r"\bcompar\w*\b.*?\b(?:with|to|against)\s+(?P<with>[^\W\d_][\w-]*)"
    r"|\b(?:better|worse|\w+er) than (?P<than>[A-Z][\w-]*)"
)
# Comparisons within an account's own records: with an earlier time, its terms, a topic.
_INTERNAL_COMPARISON_WORDS = frozenset(
    {
        "a", "all", "an", "before", "each", "earlier", "its", "last", "my", "now", "one", "our", "previous", "same",
        "that", "the", "their", "them", "these", "this", "those", "today", "what", "when", "yesterday",
    }
)  # fmt: skip


def find_unsupported_requests(question: str) -> tuple[UnsupportedRequest, ...]:
    """The unsupported requests in `question`, in the order of the enum."""
    found = {limit for limit, pattern in _COMPILED_PATTERNS.items() if pattern.search(question)}
    if _compares_with_another_account(question):
        found.add(UnsupportedRequest.COMPARISON)
    if UnsupportedRequest.WORDING in found:
        found.discard(UnsupportedRequest.ADVICE)
    return tuple(limit for limit in UnsupportedRequest if limit in found)


def _compares_with_another_account(question: str) -> bool:
    beside = _COMPARISON.search(question[:1].lower() + question[1:])
    word = (beside["with"] or beside["than"]) if beside else None
    return word is not None and word.lower() not in _INTERNAL_COMPARISON_WORDS and not is_topic_word(word)
