"""Values and counts of a merge as they are shown."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from lib.customers.code_labels import label_code
from lib.imports.record_merges import Merge
from lib.text.format import format_count, format_date

DAYS = frozenset({"customer_since", "last_contact_on"})
NO_VALUE = "—"
MOVED_NOUNS: Mapping[str, str] = {
    "workflow_executions": "run",
    "contacts": "contact",
    "contracts": "contract",
    "usage_weeks": "week",
    "tickets": "ticket",
    "survey_responses": "survey answer",
    "notes": "note",
    "follow_ups": "follow-up",
    "workflow_escalations": "escalation",
    "workflow_snoozes": "snooze",
    "external_ids": "id",
}
"""What a person knows of the rows that moved; the rest goes without saying."""


def format_merge_value(table_name: str, name: str, value: Any, colleagues: Mapping[str, str]) -> str:
    if value is None:
        return NO_VALUE
    if name == "owner_id":
        return colleagues.get(str(value), "a former colleague")
    if name in DAYS:
        return format_date(date.fromisoformat(value))
    return label_code(table_name, name, str(value)) or str(value)


def format_moved_counts(merge: Merge) -> str:
    """ "Moved: 2 runs, 3 notes." """
    counts = [format_count(merge.moved[table], noun) for table, noun in MOVED_NOUNS.items() if merge.moved.get(table)]
    return f"Moved: {', '.join(counts) or 'nothing'}."
