"""The fields of a suggestion rule: signals, notice deadline, ARR."""

from decimal import Decimal

import streamlit as st

from lib.customers.signal_kinds import SIGNAL_KINDS
from lib.text.format import humanize_code
from lib.ui.settings.number_field import draw_number_field
from lib.ui.settings.settings_draft import SettingsDraft
from lib.ui.settings.suggestion_rows import (
    DAYS_A_POINT,
    DEADLINE_DAYS,
    SuggestionRow,
    read_deadline_days,
    replace_deadline_days,
    replace_least_arr,
    replace_signals,
)

MOST_ARR = 999_999_999_999
DEADLINE_HELP = (
    "Days to the notice deadline, to three days; if health is red, half as many again. For two weeks after it a "
    "customer counts as on the day, then as 60 days before it until 30 days after the renewal date."
)


def draw_suggestion_fields(draft: SettingsDraft, row: SuggestionRow) -> None:
    """The fields of one row; what they hold becomes its rule. A number that is none leaves the rule as it was."""
    _draw_signal_fields(draft, row)
    st.caption(DEADLINE_HELP)
    within, not_within = read_deadline_days(row.rule)
    columns = st.columns(3)
    with columns[0]:
        within_typed = _draw_deadline_days(draft, row, "within", "Notice deadline within, days", within)
    with columns[1]:
        not_within_typed = _draw_deadline_days(draft, row, "not_within", "but not within, days", not_within)
    with columns[2]:
        least_arr = _draw_rule_number(draft, row, "arr", "ARR from", row.rule.get("arr_from", 0), MOST_ARR)
    is_valid = not {row.build_field_name("within"), row.build_field_name("not_within")} & draft.invalid_fields
    if is_valid and (within_typed, not_within_typed) != (within, not_within):
        row.rule = replace_deadline_days(row.rule, within_typed, not_within_typed)
    if least_arr is not None:
        row.rule = replace_least_arr(row.rule, least_arr)


def _draw_signal_fields(draft: SettingsDraft, row: SuggestionRow) -> None:
    stored = row.rule.get("signals", [])
    kinds = st.pills(
        "Signals, one of which the customer has (none: whatever its signals)", SIGNAL_KINDS, selection_mode="multi",
        default=stored, format_func=lambda kind: humanize_code(kind).capitalize(),
        key=draft.field_key(row.build_field_name("signals")),
    )  # fmt: skip
    only_leading = False
    if kinds:
        key = draft.field_key(row.build_field_name("leading"))
        only_leading = st.checkbox("Only when it is the strongest signal", row.rule.get("only_leading", False), key=key)
    row.rule = replace_signals(row.rule, kinds, only_leading=only_leading)


def _draw_rule_number(
    draft: SettingsDraft, row: SuggestionRow, name: str, label: str, stored: int, most: int
) -> int | None:
    number = draw_number_field(draft, row.build_field_name(name), label, Decimal(stored), least=0, most=most)
    return None if number is None else int(number)


def _draw_deadline_days(
    draft: SettingsDraft, row: SuggestionRow, name: str, label: str, stored: int | None
) -> int | None:
    """Days before the notice deadline; blank for no limit."""
    number = draw_number_field(
        draft, row.build_field_name(name), label, None if stored is None else Decimal(stored), least=0,
        most=DEADLINE_DAYS - DAYS_A_POINT, is_optional=True,
    )  # fmt: skip
    return None if number is None else int(number)
