"""Topics of the built-in assistant and the words they are recognized by. Each is answered by one tool.

Adding a topic costs a member here, a line in TOPICS and a question in the tests.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache


class Topic(StrEnum):
    SUMMARY = "summary"
    HEALTH = "health"
    USAGE = "usage"
    CONTRACT = "contract"
    SCENARIOS = "scenarios"
    CONTACTS = "contacts"
    TICKETS = "tickets"
    NOTES = "notes"
    PAST_RUNS = "past runs"


@dataclass(frozen=True, kw_only=True)
class TopicRule:
    """How a topic is recognized: by stems (`words`) or exact `phrases`. `ability` finishes "I can tell you …"."""

    tool: str
    ability: str
    words: tuple[str, ...]
    phrases: tuple[str, ...] = ()


# A question with one of these is about what somebody said, whatever the subject.
SAID_STEMS = ("mention", "said", "wrote", "written", "discuss", "promis", "agreed", "assured", "told", "complain")
SAID_PHRASES = (
    "did they say", "did we say", "notes say", "in writing", "asked for", "asked us", "ask us", "they want",
    "they need", "they wish", "they expect", "they think", "they like",
)  # fmt: skip

SAID_BY_NAME = re.compile(r"\b(?:did|does) [^\W\d_]+ (?:say|want|ask|mention|promise|think|write|need|expect|tell)\b")

TOPICS: dict[Topic, TopicRule] = {
    Topic.SUMMARY: TopicRule(
        tool="account_summary",
        ability="how the account stands as a whole",
        words=("summar", "overview", "brief", "recap", "situation", "account", "customer", "priorit"),
        phrases=("tell me about", "what should i know", "catch me up", "where do we stand", "who is this"),
    ),
    Topic.HEALTH: TopicRule(
        tool="account_summary",
        ability="its health and what it is made of",
        words=("health", "score", "risk", "churn", "signal", "unhealthy"),
        phrases=("how are they doing", "red flag", "warning sign"),
    ),
    Topic.USAGE: TopicRule(
        tool="usage_trend",
        ability="how its usage develops",
        words=("usage", "utili", "adopt", "login", "active", "seat", "engage", "trend"),
        phrases=("use it", "using it", "sign in", "signed in", "log in", "logged in"),
    ),
    Topic.CONTRACT: TopicRule(
        tool="contract_terms",
        ability="the contract, the notice deadline and the renewal date",
        words=("contract", "notice", "deadline", "term", "auto-renew", "renewal", "renew", "arr", "expir", "agreement"),
        phrases=("when do they renew", "run out", "how much do they pay"),
    ),
    Topic.SCENARIOS: TopicRule(
        tool="renewal_scenarios",
        ability="what the renewal would be worth under other terms",
        words=("scenario", "uplift", "discount", "pricing", "price", "increase", "offer"),
        phrases=(
            "what if",
            "what would the",
            "what would it",
            "what would that",
            "how much would",
            "fewer seats",
            "more seats",
        ),
    ),
    Topic.CONTACTS: TopicRule(
        tool="list_contacts",
        ability="who the people there are",
        words=("contact", "stakeholder", "champion", "sponsor", "buyer", "decision", "people", "person", "executive"),
        phrases=("who do we know", "who should i", "who can i", "who left", "who is the", "who are the", "talk to"),
    ),
    Topic.TICKETS: TopicRule(
        tool="list_tickets",
        ability="the support tickets",
        words=("ticket", "support", "bug", "incident", "issue", "problem", "complain", "escalation", "outage"),
        phrases=("p1", "p2"),
    ),
    Topic.NOTES: TopicRule(
        tool="search_notes",
        ability="what the notes say about something",
        words=("note", "call", "meeting", "email", "search", *SAID_STEMS),
        phrases=("look for", "find", *SAID_PHRASES),
    ),
    Topic.PAST_RUNS: TopicRule(
        tool="past_runs",
        ability="how earlier runs ended",
        words=("history", "previous", "earlier", "outcome"),
        phrases=("past run", "last run", "last time", "past workflow", "last renewal", "before this"),
    ),
}

MAX_TOPICS = 2
"""Topics answered at once."""

# Words like "account" and "renewal" occur in questions about other topics too; they count only alone.
WEAK_STEMS = frozenset({"account", "customer", "renewal", "renew", "call", "email", "offer", "term", "active", "issue"})
MIN_SIMILARITY = 0.8
STEMS = frozenset(stem for entry in TOPICS.values() for stem in entry.words)
_CLAUSE_BOUNDARY = re.compile(
    r"[?!;]\s+|\.\s+|,\s+(?:and|but|or|und|et|y|e|og|en|oraz)\s+"
    r"|\s+and\s+(?=(?:how|what|who|when|where|why|which|is|are|was|were|did|do|does|has|have|will|should|can)\b)",
    re.IGNORECASE,
)
# "How many seats" is a question about usage, "what if 400 seats" is one about scenarios.
OVERRIDES: dict[Topic, tuple[Topic, ...]] = {Topic.SCENARIOS: (Topic.USAGE, Topic.CONTRACT)}


@lru_cache(maxsize=1024)
def find_question_topics(question: str, tools: frozenset[str]) -> tuple[Topic, ...]:
    """The topics `question` asks about that `tools` can answer, clearest first; one topic per tool.

    Clauses are read one by one: "Did they mention pricing, and how is usage?" asks two things.
    """
    first_by_tool: dict[str, Topic] = {}
    for clause in split_clauses(question):
        for topic in _find_clause_topics(clause, tools):
            first_by_tool.setdefault(TOPICS[topic].tool, topic)
    return tuple(first_by_tool.values())[:MAX_TOPICS]


def split_clauses(question: str, *, keep_case: bool = False) -> tuple[str, ...]:
    """The questions in a question, in lower case unless names matter."""
    text = question if keep_case else question.lower()
    return tuple(clause for clause in _CLAUSE_BOUNDARY.split(text) if clause.strip())


def is_about_what_was_said(clause: str) -> bool:
    """True for a question about what somebody said, whatever the subject."""
    text = clause.lower()
    stems = {stem for word in re.findall(r"[a-z][a-z'-]*", text) for stem in _find_matching_stems(word)}
    is_said = bool(stems & set(SAID_STEMS)) or bool(_count_matching_phrases(text, SAID_PHRASES))
    return is_said or SAID_BY_NAME.search(text) is not None


def is_topic_word(word: str) -> bool:
    """True if a topic is recognized by `word`."""
    return bool(_find_matching_stems(word.lower()))


def _find_clause_topics(clause: str, tools: Collection[str]) -> list[Topic]:
    stems = {stem for word in re.findall(r"[a-z][a-z'-]*", clause) for stem in _find_matching_stems(word)}
    weights = {topic: _score_topic(clause, stems, entry) for topic, entry in TOPICS.items() if entry.tool in tools}
    if Topic.NOTES in weights and is_about_what_was_said(clause):
        return [Topic.NOTES, *(Topic.TICKETS for _ in stems & {"complain"} if Topic.TICKETS in weights)]
    least = 2 if max(weights.values(), default=0) >= 2 else 1
    hidden = {weaker for topic, weight in weights.items() if weight >= least for weaker in OVERRIDES.get(topic, ())}
    found = [topic for topic, weight in weights.items() if weight >= least and topic not in hidden]
    return sorted(found, key=lambda topic: -weights[topic])


def _score_topic(asked: str, stems: set[str], entry: TopicRule) -> int:
    """0 if not meant, 1 perhaps, 2 and more meant."""
    known = stems & set(entry.words)
    return 2 * _count_matching_phrases(asked, entry.phrases) + 2 * len(known - WEAK_STEMS) + bool(known & WEAK_STEMS)


def _count_matching_phrases(asked: str, phrases: Collection[str]) -> int:
    return sum(bool(re.search(rf"\b{re.escape(phrase)}\b", asked)) for phrase in phrases)


def _find_matching_stems(word: str) -> list[str]:
    """The stems `word` begins with; a longer word that fits none is a typo of the nearest."""
    exact = [stem for stem in STEMS if word.startswith(stem) and (len(stem) > 3 or len(word) <= len(stem) + 1)]
    if exact or len(word) < 5:
        return exact
    near = [
        (SequenceMatcher(None, word[: len(stem)], stem).ratio(), stem) for stem in STEMS if _is_likely_typo(word, stem)
    ]
    best = max(near, default=(0.0, ""))
    return [best[1]] if best[0] >= MIN_SIMILARITY else []


def _is_likely_typo(word: str, stem: str) -> bool:
    return len(stem) >= 5 and word[0] == stem[0] and abs(len(word) - len(stem)) <= 3
