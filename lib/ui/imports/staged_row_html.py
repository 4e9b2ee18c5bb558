"""Staged rows as HTML: what a new record has, what a change changes, why a row is refused."""

from collections.abc import Mapping, Sequence
from typing import Any

from lib.customers.code_labels import label_code
from lib.imports.model import Refusal
from lib.imports.record_kinds import RECORD_SCHEMAS, ImportKind
from lib.imports.usage_rollup import find_file_line_of_number
from lib.text.format import format_count, format_yes_no
from lib.text.html import Html
from lib.text.truncate import single_line, truncate
from lib.ui.customer.customer_url import build_customer_link_html

MAX_VALUE_CHARS = 80
MAX_NEW_FIELDS = 8
NAME_FIELDS = ("name", "title", "number", "week_starts_on", "starts_on", "responded_on", "body", "email")
REFERENCE_LABELS = {
    "owner_id": "Owner",
    "pending_owner": "Owner, once they join",
    "customer_id": "Customer",
    "contact_id": "Contact",
    "replaced_by": "Successor",
    "author_id": "Author",
}
REFERENCE_FIELDS = {
    "owner_id": "owner_email",
    "customer_id": "customer_name",
    "contact_id": "contact_email",
    "replaced_by": "replaced_by_email",
    "author_id": "author_email",
}
"""Column with an id -> the field of the file that names the row."""
_ROW = Html('<p><strong>{}</strong> <span class="zen-muted">{}</span></p><p class="zen-small" dir="auto">{}</p>')


def build_new_row_html(line: int, kind: str, values: Mapping[str, Any], customer_id: str | None = None) -> Html:
    """The first fields of a new record: "Seats 120 · Start 2026-01-01"."""
    shown = [
        f"{get_field_label(kind, name)}: {format_record_value(kind, name, value)}"
        for name, value in values.items()
        if name not in NAME_FIELDS[:1] and value not in (None, "", [])
    ]
    more = f" · {format_count(len(shown) - MAX_NEW_FIELDS, 'more field')}" if len(shown) > MAX_NEW_FIELDS else ""
    details = Html.escape(" · ".join(shown[:MAX_NEW_FIELDS]) + more)
    return _build_staged_row_frame_html(line, kind, values, details, customer_id)


def build_changed_row_html(
    line: int,
    kind: str,
    values: Mapping[str, Any],
    changes: Mapping[str, Sequence[Any]],
    customer_id: str | None = None,
) -> Html:
    """Each changed field with its old and its new value; ids of other rows by the words of the file."""
    parts = []
    for name, (old, new) in changes.items():
        if name in REFERENCE_FIELDS:
            old, new = "another", values.get(REFERENCE_FIELDS[name]) or new
        parts.append(
            Html("{}: <s>{}</s> → <strong>{}</strong>").format(
                get_field_label(kind, name), format_record_value(kind, name, old), format_record_value(kind, name, new)
            )
        )
    return _build_staged_row_frame_html(line, kind, values, Html("<br>").join(parts), customer_id)


def build_refused_row_html(line: int, kind: str, values: Mapping[str, Any], refusals: Sequence[Refusal]) -> Html:
    """Each reason with its column and cell, and what to do about it."""
    parts = [
        Html('{}<span class="zen-bad">{}</span> {}').format(
            _describe_refused_cell(kind, refusal), refusal.reason, refusal.remedy
        )
        for refusal in refusals
    ]
    return _build_staged_row_frame_html(line, kind, values, Html("<br>").join(parts))


def name_staged_record(kind: str, values: Mapping[str, Any]) -> str:
    """What a record is called by its values, on one line; its kind where it has no name."""
    customer = values.get("customer_name") or values.get("customer_domain") or values.get("customer_external_id")
    own = next((values[name] for name in NAME_FIELDS if values.get(name)), None)
    parts = [single_line(str(part)) for part in (customer, own) if part]
    return truncate(" · ".join(parts), MAX_VALUE_CHARS) or _get_kind_label(kind)


def get_field_label(kind: str, field: str) -> str:
    found = RECORD_SCHEMAS[ImportKind(kind)].find_field(field)
    return found.label if found else REFERENCE_LABELS.get(field, field.replace("_", " ").capitalize())


def format_record_value(kind: str, name: str, value: Any) -> str:
    """A value of a record on one line, the label of a code."""
    match value:
        case None | "" | []:
            return "nothing"
        case bool():
            return format_yes_no(value)
        case list():
            return truncate(", ".join(str(part) for part in value), MAX_VALUE_CHARS)
    return truncate(label_code(kind, name, str(value)) or single_line(str(value)), MAX_VALUE_CHARS)


def _build_staged_row_frame_html(
    line: int, kind: str, values: Mapping[str, Any], details: Html, customer_id: str | None = None
) -> Html:
    """The name leads to the customer the record is or hangs on, once it is there."""
    name = build_customer_link_html(customer_id, name_staged_record(kind, values))
    return _ROW.format(name, f"line {find_file_line_of_number(line)} · {_get_kind_label(kind)}", details)


def _describe_refused_cell(kind: str, refusal: Refusal) -> str:
    column = refusal.column or (get_field_label(kind, refusal.field) if refusal.field else "")
    cell = refusal.cell
    if not column:
        return ""
    return f"{column}: “{truncate(single_line(str(cell)), MAX_VALUE_CHARS)}”. " if cell else f"{column}: "


def _get_kind_label(kind: str) -> str:
    return RECORD_SCHEMAS[ImportKind(kind)].label
