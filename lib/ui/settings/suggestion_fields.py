"""The fields of a suggestion rule: signals, notice deadline, ARR."""

from decimal import Decimal

import streamlit as st

from lib.customers.signal_kinds import SIGNAL_KINDS
from lib.text.format import humanize_code
from lib.ui.settings.number_field import draw_number_field
from lib.ui.settings.settings_draft import SettingsDraft
from lib.ui.settings.suggestion_rows import (
    MOST_DEADLINE_POINTS,
    SuggestionRow,
    read_deadline_range,
    replace_deadline_range,
    replace_least_arr,
    replace_signals,
)

MOST_ARR = 999_999_999_999
DEADLINE_HELP = (
    "Points of the notice deadline: 0 more than 120 days before it (180 if health is red), 20 halfway there, "
    "40 on the day and for two weeks after it, then 20 until 30 days after the renewal date."
)


def draw_suggestion_fields(draft: SettingsDraft, row: SuggestionRow) -> None:
    """The fields of one row; what they hold becomes its rule. A number that is none leaves the rule as it was."""
    _draw_signals(draft, row)
    st.caption(DEADLINE_HELP)
    first, last = read_deadline_range(row.rule)
    columns = st.columns(3)
    with columns[0]:
        first_typed = _draw_number(draft, row, "from", "Deadline points from", first, MOST_DEADLINE_POINTS)
    with columns[1]:
        last_typed = _draw_number(draft, row, "to", "to", last, MOST_DEADLINE_POINTS)
    with columns[2]:
        least_arr = _draw_number(draft, row, "arr", "ARR from", row.rule.get("arr_from", 0), MOST_ARR)
    if first_typed is not None and last_typed is not None:
        row.rule = replace_deadline_range(row.rule, first_typed, last_typed)
    if least_arr is not None:
        row.rule = replace_least_arr(row.rule, least_arr)


def _draw_signals(draft: SettingsDraft, row: SuggestionRow) -> None:
    stored = row.rule.get("signals", [])
    kinds = st.pills(
        "Signals, one of which the customer has (none: whatever its signals)", SIGNAL_KINDS, selection_mode="multi",
        default=stored, format_func=lambda kind: humanize_code(kind).capitalize(),
        key=draft.field_key(row.field_name("signals")),
    )  # fmt: skip
    only_leading = False
    if kinds:
        key = draft.field_key(row.field_name("leading"))
        only_leading = st.checkbox("Only when it is the strongest signal", row.rule.get("only_leading", False), key=key)
    row.rule = replace_signals(row.rule, kinds, only_leading=only_leading)


def _draw_number(draft: SettingsDraft, row: SuggestionRow, name: str, label: str, stored: int, most: int) -> int | None:
    number = draw_number_field(draft, row.field_name(name), label, Decimal(stored), least=0, most=most)
    return None if number is None else int(number)
