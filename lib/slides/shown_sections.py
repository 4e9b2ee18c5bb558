"""Facts, tables and charts of the account that a free slide may show."""

from collections.abc import Mapping
from enum import StrEnum


class ShownSection(StrEnum):
    """What a free slide shows of the account; how each is built is in `lib/slides/library/custom.py`."""

    OVERVIEW = "overview"
    KEY_FACTS = "key_facts"
    PRIORITY_REASONS = "priority_reasons"
    CONTRACT_TERMS = "contract_terms"
    NOTICE_DEADLINE = "notice_deadline"
    USAGE_CHART = "usage_chart"
    HEALTH_PARTS = "health_parts"
    RISK_SIGNALS = "risk_signals"
    OPEN_TICKETS = "open_tickets"
    CONTACTS = "contacts"
    KEY_ROLES = "key_roles"
    INFLUENCE_CHART = "influence_chart"
    NOTES = "notes"
    PAST_RUNS = "past_runs"
    MODULES = "modules"
    ANSWERS = "answers"


SHOWN_SECTION_LABELS: Mapping[ShownSection, str] = {
    ShownSection.OVERVIEW: "The account at a glance",
    ShownSection.KEY_FACTS: "Key facts: health, usage, ARR, survey",
    ShownSection.PRIORITY_REASONS: "Why the account has its priority",
    ShownSection.CONTRACT_TERMS: "Current terms of the contract",
    ShownSection.NOTICE_DEADLINE: "Notice deadline in a sentence",
    ShownSection.USAGE_CHART: "Chart of usage over 26 weeks",
    ShownSection.HEALTH_PARTS: "Health score by part",
    ShownSection.RISK_SIGNALS: "Signals of risk",
    ShownSection.OPEN_TICKETS: "Open tickets",
    ShownSection.CONTACTS: "Contacts",
    ShownSection.KEY_ROLES: "Who has the key roles",
    ShownSection.INFLUENCE_CHART: "Chart of contacts by influence and sentiment",
    ShownSection.NOTES: "Latest notes",
    ShownSection.PAST_RUNS: "Earlier runs",
    ShownSection.MODULES: "Modules bought and not bought",
    ShownSection.ANSWERS: "Answers of this run so far",
}
