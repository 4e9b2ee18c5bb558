"""The written rule of each category of calls, and what of it the records show.

`private.unmet_evidence` judges; here are its words. A test holds the codes of both equal.
"""

from collections.abc import Mapping
from datetime import date

from lib.customers.model import HEALTH_BAND_LABELS
from lib.forecasts.model import CallCategory, Evidence
from lib.text.format import format_count, format_date

CATEGORY_RULES: Mapping[CallCategory, str] = {
    CallCategory.COMMIT: "They will renew, and all of this is on record. Counts with the ARR of today, or the amount.",
    CallCategory.LIKELY: "More likely than not to renew. Counts with the ARR of today, or the amount.",
    CallCategory.DOUBTFUL: "More likely than not to leave. Counts with the amount, else with nothing.",
    CallCategory.LOST: "They will not renew. Counts with nothing.",
}
EVIDENCE_RULES: Mapping[CallCategory, Mapping[str, str]] = {
    CallCategory.COMMIT: {
        "buyer_contact": "Contact with the economic buyer within 30 days",
        "price": "A price in the open run: a quote, or a chosen scenario",
        "no_open_p1": "No open P1 ticket",
        "not_red": "Health is not at risk",
    },
    CallCategory.LIKELY: {
        "supporter_contact": "Contact with the economic buyer, the sponsor or a champion within 60 days",
        "not_red": "Health is not at risk",
    },
    CallCategory.DOUBTFUL: {},
    CallCategory.LOST: {},
}
REASON_QUESTIONS: Mapping[CallCategory, str] = {
    CallCategory.COMMIT: "Why, without this evidence?",
    CallCategory.LIKELY: "Why, without this evidence?",
    CallCategory.DOUBTFUL: "What stands in the way?",
    CallCategory.LOST: "Why is it lost?",
}
UNMET_WORDS: Mapping[str, str] = {
    "buyer_contact": "no contact with the economic buyer within 30 days",
    "supporter_contact": "no contact with a supporter within 60 days",
    "price": "no price in an open run",
    "no_open_p1": "an open P1 ticket",
    "not_red": "health at risk",
}


def describe_recorded_evidence(code: str, evidence: Evidence) -> str:
    """What the records say about one rule: "last on 3 Sep 2026"."""
    match code:
        case "buyer_contact":
            return _describe_last_contact(evidence.buyer_contact_on)
        case "supporter_contact":
            return _describe_last_contact(evidence.supporter_contact_on)
        case "price":
            return "there is one" if evidence.has_price else "none yet"
        case "no_open_p1":
            return format_count(evidence.open_p1, "open P1 ticket") if evidence.open_p1 else "none open"
        case "not_red":
            return HEALTH_BAND_LABELS[evidence.band] if evidence.band else "no data on health"
        case _:
            return ""


def _describe_last_contact(day: date | None) -> str:
    return f"last on {format_date(day)}" if day is not None else "none on record"


def describe_unmet_evidence(codes: tuple[str, ...]) -> list[str]:
    """Missing evidence in words; a code of a later version as it is."""
    return [UNMET_WORDS.get(code, code) for code in codes]
