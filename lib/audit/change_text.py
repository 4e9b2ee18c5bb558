"""Changes in words and as a table to download."""

from collections.abc import Iterable, Mapping

from lib.audit.changed_value_text import format_changed_value
from lib.audit.model import ChangeOperation, RowChange
from lib.content.model import Column, ColumnKind, Table
from lib.text.format import humanize_code
from lib.text.local_time import to_local_time
from lib.text.truncate import single_line

TABLE_NAMES: Mapping[str, str] = {
    "customers": "Customer",
    "contacts": "Contact",
    "contracts": "Contract",
    "modules": "Price list",
    "usage_weeks": "Week of usage",
    "tickets": "Ticket",
    "survey_responses": "Survey answer",
    "notes": "Note",
    "external_ids": "Id in another system",
    "pending_owners": "Owner to come",
    "company_settings": "Settings",
    "company_holidays": "Holiday",
    "score_rules": "Score rules",
    "suggestion_rules": "Suggestion rule",
    "workflow_triggers": "Workflow that begins by itself",
    "outcome_codes": "Outcome",
    "severities": "Severity",
    "skip_reasons": "Reason to skip",
    "approval_bands": "Approval limit",
    "event_tokens": "Token for events",
    "profiles": "Membership",
    "company_invites": "Invitation",
}
SOURCE_NAMES: Mapping[str, str] = {
    "person": "by hand",
    "operator": "by the operator",
    "import": "by an import",
    "import_undo": "by the undo of an import",
    "action": "by an action",
    "event": "by an event of a system",
    "merge": "by a merge",
    "handover": "by a handover",
    "settings": "in the settings",
    "erasure": "by an erasure",
    "worker": "by the worker",
}
OPERATION_NAMES: Mapping[ChangeOperation, str] = {
    ChangeOperation.INSERT: "added",
    ChangeOperation.UPDATE: "changed",
    ChangeOperation.DELETE: "removed",
}
# The code of a severity, a reason or an outcome stands beside its label, which is what people know.
NOT_SHOWN = frozenset({"id", "company_id", "created_at", "updated_at", "revision", "code"})


def format_table_name(table_name: str) -> str:
    return TABLE_NAMES.get(table_name) or humanize_code(table_name)


def format_source(source: str) -> str:
    return SOURCE_NAMES.get(source) or humanize_code(source)


def format_column_name(name: str) -> str:
    words = humanize_code(name.removesuffix("_id"))
    return words[:1].upper() + words[1:]


def format_person(change: RowChange) -> str:
    """Who made it; nobody in the company is the operator."""
    if change.person_name:
        return change.person_name
    return "Operator" if change.person_id is None else "Somebody who has left"


def list_changed_values(change: RowChange, time_zone: str) -> list[tuple[str, str | None, str | None]]:
    """Name of each column with its old and new value; None where there was no row. Ids and stamps are left out."""
    before, after = change.before, change.after
    names = [name for name in {**(before or {}), **(after or {})} if name not in NOT_SHOWN]
    return [
        (
            format_column_name(name),
            None if before is None else format_changed_value(change, name, before.get(name), time_zone),
            None if after is None else format_changed_value(change, name, after.get(name), time_zone),
        )
        for name in names
        if (before or {}).get(name) is not None or (after or {}).get(name) is not None
    ]


def build_changes_table(changes: Iterable[RowChange], time_zone: str) -> Table:
    """A row for each changed value, with who, when and through what."""
    labels = ("Number", "When", "Who", "How", "Customer", "What", "Name", "Operation", "Column", "Before", "After")
    columns = tuple(Column(key=label.lower(), label=label, kind=ColumnKind.TEXT) for label in labels)
    rows = tuple(row for change in changes for row in _build_change_rows(change, time_zone))
    return Table(title="Changes", columns=columns, rows=rows)


def _build_change_rows(change: RowChange, time_zone: str) -> Iterable[dict[str, str]]:
    facts = {
        "number": str(change.number),
        "when": to_local_time(change.changed_at, time_zone).isoformat(sep=" ", timespec="seconds"),
        "who": format_person(change),
        "how": format_source(change.source),
        "customer": change.customer_name or "",
        "what": format_table_name(change.table_name),
        "name": single_line(change.label),
        "operation": OPERATION_NAMES[change.operation],
    }
    for column, before, after in list_changed_values(change, time_zone):
        yield {**facts, "column": column, "before": before or "", "after": after or ""}
