"""Approval limits, clocks, reasons and outcomes a company works with, to read."""

from collections.abc import Mapping

import streamlit as st

from lib.content.model import Cell, Column, ColumnKind, Table
from lib.customers.company_codes_and_limits import CompanyRules
from lib.text.format import format_yes_no, humanize_code, join_names
from lib.ui.tables import draw_table

ListRows = tuple[Mapping[str, Cell], ...]


def draw_code_lists(rules: CompanyRules) -> None:
    """Limits, clocks, reasons and outcomes for those who only read them."""
    st.caption("An admin of your company can change these.")
    _draw_limits_and_clocks(rules)
    reasons = tuple(
        {"label": each.label, "words": format_yes_no(each.needs_words)} for each in rules.list_skip_reasons()
    )
    _draw_code_table("Reasons to skip", reasons, label="Reason", words="Needs words")
    outcomes = tuple(
        {
            "label": each.label,
            "categories": join_names([humanize_code(category) for category in each.categories]),
            "amount": format_yes_no(each.needs_amount),
            "reason": format_yes_no(each.needs_reason),
        }
        for each in rules.outcome_codes
        if not each.is_archived
    )
    _draw_code_table(
        "Outcomes", outcomes, label="Outcome", categories="Of workflows", amount="Needs ARR", reason="Needs reason"
    )


def _draw_limits_and_clocks(rules: CompanyRules) -> None:
    bands: ListRows = tuple(
        {"who": each.approver[:1].upper() + each.approver[1:], "percent": each.up_to_percent}
        for each in rules.approval_bands
    )
    _draw_code_table("Approval limits", bands, who="Who approves", percent="Up to % below list")
    clocks: ListRows = tuple(
        {"label": each.short_label, "days": each.response_days} for each in rules.list_severities()
    )
    _draw_code_table("Escalations", clocks, label="Severity", days="First answer within days")


def _draw_code_table(title: str, rows: ListRows, **labels: str) -> None:
    numbers = ("percent", "days")
    columns = tuple(
        Column(key=key, label=label, kind=ColumnKind.NUMBER if key in numbers else ColumnKind.TEXT)
        for key, label in labels.items()
    )
    draw_table(Table(title=title, columns=columns, rows=rows), key=f"settings_{title}")
