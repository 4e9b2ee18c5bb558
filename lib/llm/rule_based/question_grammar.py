"""What a question wants: which tool answers it, with which arguments. A rule names the concepts that must be there.

A question that leans on the one before it ("And last quarter?", "Which of mine have the same?") is read with that one:
what it says itself wins, the rest is taken over.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lib.llm.rule_based.argument_extraction import find_days_ahead, find_name, find_percent, find_weeks_back
from lib.llm.rule_based.vocabulary import Concept, find_concepts

MAX_FACTS = 3
MAX_FOLLOW_UP_WORDS = 9

RULE_ABILITIES: Mapping[str, str] = {
    "look_up_facts": "who owns it and other single facts",
    "find_contacts": "who decides and what somebody thinks of us",
    "price_limits": "who has to approve a discount",
    "run_answers": "what this run's slides say so far",
    "compare_periods": "how usage, tickets and health were before",
    "my_customers": "which of your own customers have the same",
}
"""The tools of the rules here; the words finish "I can tell you …"."""

FACTS = (
    Concept.NOTICE_DEADLINE, Concept.RENEWAL_DATE, Concept.NOTICE_PERIOD, Concept.AUTO_RENEWAL, Concept.ARR,
    Concept.LIST_PRICE, Concept.DISCOUNT, Concept.MODULES, Concept.OWNER, Concept.ESCALATION,
    Concept.RUN, Concept.INDUSTRY, Concept.COUNTRY, Concept.SEGMENT, Concept.CUSTOMER_SINCE, Concept.COMPETITOR,
    Concept.SURVEY,
)  # fmt: skip
ROLES = (
    Concept.DECISION_MAKER, Concept.CHAMPION, Concept.SPONSOR, Concept.PROCUREMENT, Concept.LEGAL, Concept.ADMIN,
    Concept.DETRACTOR,
)  # fmt: skip
SENTIMENTS = (Concept.NEGATIVE, Concept.POSITIVE)
ABOUT_PEOPLE = frozenset({*ROLES, *SENTIMENTS, Concept.FEELING, Concept.LEFT, Concept.LAST_CONTACT, Concept.ADDRESS})
MEASURES = (Concept.USAGE, Concept.TICKETS, Concept.HEALTH)
PORTFOLIO = (
    (frozenset({Concept.LEFT}), "contact left"),
    (frozenset({Concept.URGENT}), "urgent ticket"),
    (frozenset({Concept.TICKETS}), "urgent ticket"),
    (frozenset({Concept.AT_RISK}), "at risk"),
    (frozenset({Concept.COMPETITOR}), "competitor"),
    (frozenset({Concept.DETRACTOR}), "detractor"),
    (frozenset({Concept.NOTICE_DEADLINE}), "deadline"),
    (frozenset({Concept.RENEWAL_DATE}), "deadline"),
    (frozenset({Concept.LAST_CONTACT}), "silence"),
    (frozenset({Concept.MOST, Concept.ARR}), "largest"),
    (frozenset({Concept.MOST, Concept.HEALTH}), "unhealthiest"),
    (frozenset({Concept.USAGE}), "low usage"),
    (frozenset({Concept.SEATS}), "low usage"),
    (frozenset({Concept.HEALTH}), "unhealthiest"),
    (frozenset({Concept.ARR}), "largest"),
)
_BARE_NUMBER = re.compile(r"(?<![\d.,])\d{1,2}(?:[.,]\d{1,2})?(?![\d.,])")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one question says."""

    text: str
    concepts: frozenset[Concept]
    percent: float | None
    weeks_back: int | None
    days_ahead: int | None
    name: str | None

    def has(self, *concepts: Concept) -> bool:
        return self.concepts.issuperset(concepts)

    def list_of(self, among: tuple[Concept, ...]) -> list[str]:
        """Those `among` that the question is about, in their order."""
        return [concept.value for concept in among if concept in self.concepts]


@dataclass(frozen=True, kw_only=True)
class Intent:
    """A tool to ask and what to ask it."""

    tool: str
    arguments: Mapping[str, Any]


def read_question(text: str) -> Reading:
    return Reading(
        text=text,
        concepts=find_concepts(text),
        percent=find_percent(text),
        weeks_back=find_weeks_back(text),
        days_ahead=find_days_ahead(text),
        name=find_name(text),
    )


def find_intents(question: str, previous: str | None, tools: frozenset[str]) -> tuple[Intent, ...]:
    """What `question` wants of `tools`, nothing where no rule fits."""
    read = read_question(question)
    before = read_question(previous) if previous else None
    found = _apply_rules(read, before, tools)
    if not found and before is not None and _leans_on_previous(read, before):
        found = _apply_rules(_join_readings(read, before), None, tools)
    return found


def _apply_rules(read: Reading, before: Reading | None, tools: frozenset[str]) -> tuple[Intent, ...]:
    """The first of ONLY that fits, or all of TOGETHER that do."""
    for rule in ONLY:
        found = rule(read, before)
        if found is not None and found.tool in tools:
            return (found,)
    several = (rule(read, before) for rule in TOGETHER)
    return tuple(found for found in several if found is not None and found.tool in tools)


def _join_readings(read: Reading, before: Reading) -> Reading:
    """The question before, with what this one says in place of what that one said."""
    concepts = (before.concepts - {Concept.FOLLOW_UP}) | read.concepts
    if read.concepts & set(ROLES):
        concepts -= set(ROLES) - read.concepts
    is_past = read.weeks_back is not None
    return Reading(
        text=read.text,
        concepts=concepts | ({Concept.COMPARISON} if is_past else frozenset()),
        percent=next(
            (value for value in (read.percent, _find_bare_number(read, before), before.percent) if value), None
        ),
        weeks_back=read.weeks_back if is_past else before.weeks_back,
        days_ahead=read.days_ahead if read.days_ahead is not None else before.days_ahead,
        name=read.name or before.name,
    )


def _leans_on_previous(read: Reading, before: Reading) -> bool:
    """True for a question that is none by itself: it begins with "and", or says only another value or name."""
    if len(read.text.split()) > MAX_FOLLOW_UP_WORDS:
        return False
    says_value = read.percent is not None or read.weeks_back is not None or _find_bare_number(read, before) is not None
    return read.has(Concept.FOLLOW_UP) or (says_value and not read.concepts - {Concept.COMPARISON})


def _find_bare_number(read: Reading, before: Reading) -> float | None:
    """The 28 of "and 28?" after a question about a percentage."""
    found = _BARE_NUMBER.search(read.text) if before.percent is not None else None
    return float(found[0].replace(",", ".")) if found else None


def _read_portfolio(read: Reading, before: Reading | None) -> Intent | None:
    if not read.has(Concept.MINE):
        return None
    subject = read.concepts
    if before is not None and (read.has(Concept.SAME) or not _find_condition(subject)):
        subject = subject | before.concepts
    condition = _find_condition(subject)
    if condition is None and read.has(Concept.HOW_MANY):
        condition = "all"
    days = {"days": read.days_ahead} if read.days_ahead is not None and condition == "deadline" else {}
    return Intent(tool="my_customers", arguments={"condition": condition or "unknown", **days})


def _find_condition(concepts: frozenset[Concept]) -> str | None:
    return next((condition for needed, condition in PORTFOLIO if needed <= concepts), None)


def _read_own_answer(read: Reading, _: Reading | None) -> Intent | None:
    if not (read.has(Concept.OWN_ANSWER) or read.has(Concept.ANSWER_LABEL)):
        return None
    return Intent(tool="run_answers", arguments={"about": read.text[:400]})


def _read_limits(read: Reading, _: Reading | None) -> Intent | None:
    if read.has(Concept.UPLIFT):
        percent = {"uplift_percent": read.percent} if read.percent is not None else {}
        return Intent(tool="price_limits", arguments={"of": "uplift", **percent})
    if read.has(Concept.SCENARIO) and not read.has(Concept.APPROVAL):
        return None
    if read.has(Concept.DECISION_MAKER) and read.percent is None:
        return None  # who signs off at the customer's
    gives = read.has(Concept.GIVE) or (read.has(Concept.DISCOUNT) and read.percent is not None)
    if read.has(Concept.APPROVAL) or (gives and read.percent is not None):
        percent = {"discount_percent": read.percent} if read.percent is not None else {}
        return Intent(tool="price_limits", arguments={"of": "discount", **percent})
    return None


def _read_comparison(read: Reading, _: Reading | None) -> Intent | None:
    measures = read.list_of(MEASURES)
    is_past = read.weeks_back is not None and (read.has(Concept.COMPARISON) or measures[:1] == ["tickets"])
    if not measures or not is_past:
        return None
    return Intent(tool="compare_periods", arguments={"of": measures[0], "weeks": read.weeks_back})


def _read_people(read: Reading, _: Reading | None) -> Intent | None:
    if not read.concepts & ABOUT_PEOPLE and not (read.has(Concept.WHO_IS) and read.name):
        return None
    if read.has(Concept.LEFT, Concept.COMPARISON) and not read.concepts & set(ROLES):
        return None  # what changed since somebody left is another question than who left
    asked: dict[str, Any] = {"roles": read.list_of(ROLES), "name": read.name}
    asked["sentiment"] = next(iter(read.list_of(SENTIMENTS)), None)
    asked["left"] = read.has(Concept.LEFT) or None
    return Intent(tool="find_contacts", arguments={key: value for key, value in asked.items() if value})


def _read_facts(read: Reading, _: Reading | None) -> Intent | None:
    if read.has(Concept.SCENARIO):
        return None
    facts = read.list_of(FACTS)[:MAX_FACTS]
    return Intent(tool="look_up_facts", arguments={"facts": facts}) if facts else None


OVERVIEWS: tuple[tuple[frozenset[Concept], str], ...] = (
    (frozenset({Concept.USAGE, Concept.SEATS}), "usage_trend"),
    (frozenset({Concept.TICKETS}), "list_tickets"),
    (frozenset({Concept.HEALTH, Concept.AT_RISK}), "account_summary"),
)
"""Whole tables for what no topic recognizes: topics know English words only."""


def find_overview_intents(question: str, tools: frozenset[str]) -> tuple[Intent, ...]:
    concepts = find_concepts(question)
    return tuple(Intent(tool=tool, arguments={}) for words, tool in OVERVIEWS if concepts & words and tool in tools)


Rule = Callable[[Reading, Reading | None], Intent | None]
ONLY: tuple[Rule, ...] = (_read_portfolio, _read_limits, _read_own_answer, _read_comparison)
"""In this order; the first that fits answers alone."""
TOGETHER: tuple[Rule, ...] = (_read_people, _read_facts)
"""Two answers to one question where both fit: "Who signs, and by when?"."""
