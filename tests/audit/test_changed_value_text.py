"""Values of the audit as people read them: no code, no id, no moment of another zone."""

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest

from lib.audit.change_text import TABLE_NAMES, build_changes_table, list_changed_values
from lib.audit.model import ChangeOperation, RowChange
from lib.customers.code_labels import CODE_LABELS

PERSON = "0b6f4f0e-3a4f-4f26-8b8e-1f4e7b1d2c3a"


def make_change(table: str, before=None, after=None, **values) -> RowChange:
    return RowChange(
        number=1, changed_at=datetime(2026, 11, 30, 9, 0, tzinfo=UTC), table_name=table, row_id=UUID(PERSON),
        operation=ChangeOperation.UPDATE, source="person", label="", before=before, after=after, **values,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("table", "column", "old", "new", "shown"),
    [
        ("contacts", "role", "champion", "economic_buyer", ("Role", "Champion", "Economic buyer")),
        ("contacts", "sentiment", None, "positive", ("Sentiment", "—", "Positive")),
        ("customers", "segment", "mid", "smb", ("Segment", "Mid-market", "SMB")),
        ("customers", "status", "active", "churned", ("Status", "Customer", "Churned")),
        ("customers", "time_zone", "UTC", "America/New_York", ("Time zone", "UTC", "New York time")),
        ("tickets", "priority", "p3", "p1", ("Priority", "P3", "P1")),
        ("profiles", "role", "csm", "manager", ("Role", "CSM", "Manager")),
        ("approval_bands", "approver_role", "csm", "admin", ("Approver role", "CSM", "Admin")),
        ("outcome_codes", "categories", ["risk"], ["risk", "renewal"], ("Categories", "Risk", "Risk, Renewal")),
        ("company_settings", "currency", "USD", "EUR", ("Currency", "USD, US Dollar", "EUR, Euro")),
        ("company_settings", "locale", "en_US", "de_DE", ("Locale", "English (United States)", "German (Germany)")),
        ("company_settings", "working_weekdays", [1], [1, 5], ("Working weekdays", "Monday", "Monday and Friday")),
        ("company_settings", "fiscal_year_start_month", 1, 4, ("Fiscal year start month", "January", "April")),
        ("contracts", "annual_price_per_seat", 450, 500.5, ("Annual price per seat", "$450.00", "$500.50")),
        ("contracts", "ends_on", "2026-12-01", "2027-12-01", ("Ends on", "1 Dec 2026", "1 Dec 2027")),
        ("customers", "owner_id", PERSON, PERSON[:-1] + "b", ("Owner", "Alice Moreau", "another record")),
        ("suggestion_rules", "workflow_id", None, "standard-renewal", ("Workflow", "—", "Standard renewal")),
        (
            "score_rules", "rules", None, {"usage_weight": 30, "bands": {"at_risk": 40}},
            ("Rules", "—", "usage weight: 30, bands: (at risk: 40)"),
        ),
    ],
)  # fmt: skip
def test_a_value_is_shown_in_words(table, column, old, new, shown):
    change = make_change(table, {column: old}, {column: new}, names={PERSON: "Alice Moreau"})
    assert list_changed_values(change, "UTC") == [shown]


def test_a_moment_is_in_the_zone_of_who_reads():
    change = make_change("event_tokens", {"revoked_at": None}, {"revoked_at": "2026-11-30T23:30:00+00:00"})
    assert list_changed_values(change, "Asia/Tokyo") == [("Revoked at", "—", "Tue 1 Dec 2026, 08:30")]


def test_the_code_beside_a_label_is_not_shown():
    change = make_change("severities", None, {"code": "on_fire", "label": "On fire"})
    assert list_changed_values(change, "UTC") == [("Label", None, "On fire")]


def test_the_file_says_the_same_as_the_page():
    change = make_change("contacts", {"role": "champion"}, {"role": "economic_buyer"})
    (row,) = build_changes_table([change], "UTC").rows
    assert (row["before"], row["after"]) == ("Champion", "Economic buyer")


def test_each_code_of_a_table_of_the_history_has_a_label(sql):
    """Columns whose check lists codes, in the tables the audit shows."""
    checks = sql.execute(
        "select c.relname, a.attname, pg_get_constraintdef(k.oid) from pg_constraint k "
        "join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace "
        "join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1] "
        "where n.nspname = 'public' and k.contype = 'c' and cardinality(k.conkey) = 1 "
        "and pg_get_constraintdef(k.oid) ~ 'ARRAY\\[''' and c.relname = any(%s)",
        [list(TABLE_NAMES)],
    ).fetchall()
    assert checks
    wrong = [
        (table, column, code)
        for table, column, rule in checks
        for code in re.findall(r"'([a-z0-9_]+)'::text", rule)
        if code not in CODE_LABELS.get((table, column), {})
    ]
    assert wrong == []
