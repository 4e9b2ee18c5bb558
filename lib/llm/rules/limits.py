"""What a question asks for that no rule can give: wording, advice, a forecast, another customer. It is said, never
guessed.

Adding a limit costs a member here and a question in the tests.
"""

import re
from enum import StrEnum

from lib.llm.rules.topics import is_known


class Limit(StrEnum):
    """The values finish "I cannot …"."""

    WORDING = "suggest what to say"
    ADVICE = "give advice"
    FORECAST = "tell what somebody will do"
    COMPARISON = "compare with other customers"


_ASKED = {
    Limit.WORDING: r"(?:should|do|can|could|would) (?:i|we) (?:best )?"
    r"(?:say|write|tell|answer|reply|respond|word|phrase|put it)\b",
    Limit.ADVICE: r"\b(?:what|how|when|why|whether|if) should (?:i|we)\b(?! know)|(?:^|\band )should (?:i|we)\b"
    r"|\bwould you\b(?! (?:show|tell|give|list|find|look))|\b(?:recommend|suggest|advi[cs]e|best way|next step)"
    r"|\bhow (?:do|can|could) (?:i|we) (?:best |still )?(?:handle|convince|win|save|keep|persuade|prevent|fix|react)",
    Limit.FORECAST: r"\b(?:un)?likely\b|\b(?:chances?|probability|odds|predict\w*|forecast\w*)\b"
    r"|\b(?:going to|will (?:they|she|he|[a-z]+)|(?:they|she|he)'ll)"
    r" (?:really )?(?:leave|stay|churn|renew|cancel|sign|agree|accept|say|buy|grow|quit|resign|switch|reject|refuse)\b",
    Limit.COMPARISON: r"\b(?:benchmark\w*|peers|industry average)\b"
    r"|\b(?:other|another|similar) (?:\w+ )?(?:customers?|accounts?|companies|company|clients?)\b"
    r"|\b(?:our|most) (?:\w+ )?(?:customers|accounts|companies|clients)\b",
}  # fmt: skip
_ASKED_FOR = {limit: re.compile(pattern, re.IGNORECASE) for limit, pattern in _ASKED.items()}
_BESIDE = re.compile(
    r"\bcompar\w*\b.*?\b(?:with|to|against)\s+(?P<with>[^\W\d_][\w-]*)"
    r"|\b(?:better|worse|\w+er) than (?P<than>[A-Z][\w-]*)"
)
# What an account is compared with inside its own records: time, terms, and whatever is a topic.
_ITS_OWN = frozenset(
    {
        "a", "all", "an", "before", "each", "earlier", "its", "last", "my", "now", "one", "our", "previous", "same",
        "that", "the", "their", "them", "these", "this", "those", "today", "what", "when", "yesterday",
    }
)  # fmt: skip


def limits_of(question: str) -> tuple[Limit, ...]:
    """What of `question` is beyond the rules, in the order of `Limit`."""
    found = {limit for limit, pattern in _ASKED_FOR.items() if pattern.search(question)}
    if _is_beside_another(question):
        found.add(Limit.COMPARISON)
    if Limit.WORDING in found:
        found.discard(Limit.ADVICE)
    return tuple(limit for limit in Limit if limit in found)


def _is_beside_another(question: str) -> bool:
    beside = _BESIDE.search(question[:1].lower() + question[1:])
    word = (beside["with"] or beside["than"]) if beside else None
    return word is not None and word.lower() not in _ITS_OWN and not is_known(word)
