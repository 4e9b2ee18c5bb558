"""Labels of the codes that records hold: "economic_buyer" of a contact is "Economic buyer"."""

from collections.abc import Mapping

from lib.customers.customer_edit_schemas import CONTACT_ROLES, NOTE_KINDS, SENTIMENTS
from lib.customers.model import SEGMENT_LABELS
from lib.text.format import humanize_code

MEMBER_ROLES: Mapping[str, str] = {"csm": "CSM", "manager": "Manager", "admin": "Admin"}
WORKFLOW_CATEGORY_LABELS: Mapping[str, str] = {
    "renewal": "Renewal",
    "risk": "Risk",
    "strategy": "Strategy",
    "expansion": "Expansion",
}
CODE_LABELS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("company_settings", "model_budget_unit"): {"tokens": "Tokens", "usd": "US dollars"},
    ("customers", "segment"): SEGMENT_LABELS,
    ("customers", "status"): {"active": "Customer", "churned": "Churned", "archived": "Archived"},
    ("contacts", "role"): CONTACT_ROLES,
    ("contacts", "sentiment"): SENTIMENTS,
    ("contacts", "status"): {"active": "Active", "left": "Left", "unknown": "Unknown"},
    ("tickets", "priority"): {"p1": "P1", "p2": "P2", "p3": "P3", "p4": "P4"},
    ("tickets", "status"): {"open": "Open", "pending": "Pending", "solved": "Solved"},
    ("notes", "kind"): NOTE_KINDS,
    ("profiles", "role"): MEMBER_ROLES,
    ("profiles", "density"): {"calm": "Calm", "compact": "Compact"},
    ("profiles", "theme"): {"light": "Light", "dark": "Dark", "system": "As on the device"},
    ("company_invites", "role"): MEMBER_ROLES,
    ("approval_bands", "approver_role"): MEMBER_ROLES,
    ("score_rules", "kind"): {"health": "Health", "priority": "Priority"},
    ("event_tokens", "scopes"): {"usage": "Usage", "tickets": "Tickets"},
    ("outcome_codes", "categories"): WORKFLOW_CATEGORY_LABELS,
}
"""By table and column; a column of lists has the labels of its items."""


def label_code(table: str, column: str, code: str) -> str | None:
    """The label of a code; its own words for an unknown one, None where the column has no codes."""
    labels = CODE_LABELS.get((table, column))
    return None if labels is None else labels.get(code) or humanize_code(code).capitalize()
