"""Entries of a customer's timeline in words; names in them are text."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from lib.customers.customer_timeline import TimelineEntry
from lib.ui.customer.timeline_entries import (
    build_entry_html,
    build_folded_text_html,
    build_row_change_html,
    list_field_changes,
)
from tests.chat.markdown_assertions import assert_html_inert
from tests.support.company_rules import STOCK_RULES


def make_entry(kind: str = "contacts", **detail: Any) -> TimelineEntry:
    words = {"operation": "update", "name": "Ines <b>Ortega</b>", "changes": {}}
    return TimelineEntry(
        key="change:1", kind=kind, row_id="c1", day=date(2026, 11, 1), at="2026-11-01T10:00:00+00:00",
        detail=words | detail,
    )  # fmt: skip


def test_a_change_of_one_field_is_one_line():
    html = build_row_change_html(make_entry(changes={"role": ["champion", "economic_buyer"]}))
    assert "Role in the decision: Champion → Economic buyer" in html
    assert "&lt;b&gt;Ortega" in html
    assert_html_inert(html)


def test_values_read_as_on_the_page():
    entry = make_entry(
        "contracts", changes={"arr": [10000, 12000], "auto_renews": [True, False], "modules": [[], ["A"]]}
    )
    assert list_field_changes(entry) == ["ARR: $10,000 → $12,000", "Auto-renews: yes → no", "Modules: none → A"]


@pytest.mark.parametrize(
    ("kind", "field", "values", "line"),
    [
        ("customers", "segment", ["mid", "smb"], "Segment: Mid-market → SMB"),
        ("customers", "status", ["active", "churned"], "Status: Customer → Churned"),
        ("customers", "time_zone", ["UTC", "America/New_York"], "Time zone: UTC → New York time"),
        ("customers", "customer_since", ["2026-01-02", None], "Customer since: 2 Jan 2026 → no data"),
        ("contacts", "sentiment", ["neutral", "negative"], "Attitude towards us: Neutral → Negative"),
        ("contacts", "status", ["active", "left"], "Status: Active → Left"),
    ],
)
def test_a_code_is_shown_by_its_label(kind, field, values, line):
    assert list_field_changes(make_entry(kind, changes={field: values})) == [line]


def test_a_change_of_the_owner_says_names_and_never_ids():
    entry = make_entry("customers", changes={"owner_id": ["p1", "p2"]}, owner_names={"p1": "Alice Moreau"})
    assert list_field_changes(entry) == ["Owner: Alice Moreau → a colleague"]


def test_as_of_a_day_a_ticket_that_was_solved_later_is_open():
    facts = {"state": "opened", "priority": "p1", "number": "T-7", "title": "It is slow", "satisfied": True}
    entry = make_entry("ticket", **facts, status="solved", solved_on="2026-11-20")
    assert "P1 · T-7 · Open<" in build_entry_html(entry, STOCK_RULES, date(2026, 11, 19))
    for day in (date(2026, 11, 20), None):
        assert "P1 · T-7 · Solved · satisfied: yes" in build_entry_html(entry, STOCK_RULES, day)


@pytest.mark.parametrize(
    ("sentence", "turn"),
    [
        ("Usage fell: red, 34% of seats", {"part": "usage", "direction": "fell", "band": "red", "utilisation": "0.34"}),
        ("Usage: yellow, 60% of seats", {"part": "usage", "direction": None, "band": "yellow", "utilisation": 0.6}),
        ("Usage: no data", {"part": "usage", "direction": None, "band": None}),
        ("Health rose: healthy, 74 of 100", {"part": "health", "direction": "rose", "band": "green", "score": 74}),
        (
            "Health fell: at risk, 41 of 100 (by new rules)",
            {"part": "health", "direction": "fell", "band": "red", "score": 41, "has_new_rules": True},
        ),
        ("Health: no score", {"part": "health", "direction": None, "band": None}),
    ],
)
def test_a_turn_of_usage_or_health_is_a_sentence(sentence, turn):
    assert sentence in build_entry_html(make_entry("health", **turn), STOCK_RULES)


def test_a_term_is_told_with_its_days_and_arr():
    term = {"starts_on": "2026-01-01", "ends_on": "2026-12-31", "arr": "47250"}
    said = "1 Jan 2026 – 31 Dec 2026, ARR $47,250"
    assert f"Term began: {said}" in build_entry_html(make_entry("term", state="began", **term), STOCK_RULES)
    assert f"Term added: {said}" in build_entry_html(make_entry("term", state="added", **term), STOCK_RULES)
    assert f"Term added: {said}" in build_row_change_html(make_entry("contracts", operation="insert", **term))


def test_a_file_is_named_and_leads_to_its_run():
    made = {"workflow_name": "Standard <b>renewal</b>", "filename": "<i>quote</i>.pdf"}
    run = "d0d1d158-2d29-4a19-a4b6-6ca461ba7e72"
    entry = replace(make_entry("file", **made), execution_id=run, slide_id="prepare-quote")
    html = build_entry_html(entry, STOCK_RULES)
    assert "File made: &lt;i&gt;quote&lt;/i&gt;.pdf" in html
    assert f'href="/run?execution={run}"' in html
    assert "Standard &lt;b&gt;renewal" in html
    assert "File made: a file" in build_entry_html(make_entry("file", workflow_name="Renewal"), STOCK_RULES)


def test_a_long_text_unfolds_and_one_that_was_cut_says_so():
    assert "<details>" in build_folded_text_html("word " * 200)
    assert "<details>" not in build_folded_text_html("A short one.")
    assert "…" in build_folded_text_html("A short one.", is_cut=True)
