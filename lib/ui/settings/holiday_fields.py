"""The company's holidays, year by year: a day and a name each, added, removed, or taken over to the next year."""

from datetime import UTC, date, datetime
from typing import Any

import streamlit as st

from lib.companies.holiday_rows import HolidayRow, copy_holidays_to_next_year, find_holiday_errors
from lib.text.local_time import to_local_time
from lib.ui.settings.settings_draft import SettingsDraft

YEAR = "holiday.year"


def draw_holiday_fields(
    draft: SettingsDraft, time_zone: str, *, is_disabled: bool
) -> tuple[list[dict[str, str]], tuple[str, ...]]:
    """Draw the rows of a year; the holidays of all years as they are saved, and what is wrong with them."""
    rows = _get_holiday_rows(draft)
    year = _choose_holiday_year(draft, rows, to_local_time(datetime.now(UTC), time_zone).year)
    for row in [each for each in rows if each.year == year]:
        _draw_holiday_row(draft, row, is_disabled=is_disabled)
    if not is_disabled:
        _draw_holiday_buttons(draft, rows, year)
    filled = sorted((row for row in rows if row.day and not row.is_blank), key=lambda row: row.day or date.min)
    return (
        [{"day": row.day.isoformat(), "name": row.name.strip()} for row in filled if row.day],
        find_holiday_errors(rows),
    )


def _get_holiday_rows(draft: SettingsDraft) -> list[HolidayRow]:
    """The rows of the draft; those that are stored when it begins."""
    if draft.holiday_rows is None:
        draft.holiday_rows = [_build_holiday_row(each) for each in draft.base["holidays"]]
    return draft.holiday_rows


def _build_holiday_row(stored: dict[str, Any]) -> HolidayRow:
    day = date.fromisoformat(stored["day"])
    return HolidayRow(year=day.year, day=day, name=stored["name"])


def _choose_holiday_year(draft: SettingsDraft, rows: list[HolidayRow], this_year: int) -> int:
    years = sorted({this_year, this_year + 1, *(row.year for row in rows)})
    key = draft.field_key(YEAR)
    st.session_state.setdefault(key, this_year)
    return int(st.segmented_control("Holidays", years, key=key, required=True) or this_year)


def _draw_holiday_row(draft: SettingsDraft, row: HolidayRow, *, is_disabled: bool) -> None:
    first, last = date(row.year, 1, 1), date(row.year, 12, 31)
    key = draft.field_key(f"holiday.{row.id}")
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        row.day = st.date_input(
            "Day", row.day, first, last, key=f"{key}.day", format="YYYY-MM-DD", label_visibility="collapsed",
            disabled=is_disabled, width=150,
        )  # fmt: skip
        row.name = st.text_input(
            "Name of the holiday", row.name, key=f"{key}.name", max_chars=100, placeholder="Name",
            label_visibility="collapsed", disabled=is_disabled, width="stretch",
        )  # fmt: skip
        if not is_disabled:
            st.button(
                "Remove", key=draft.button_key(f"remove.{row.id}"), icon=":material/close:", type="tertiary",
                on_click=_remove_holiday_row, args=(draft, row),
            )  # fmt: skip


def _draw_holiday_buttons(draft: SettingsDraft, rows: list[HolidayRow], year: int) -> None:
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Add a holiday", key=draft.button_key("add"), icon=":material/add:", on_click=rows.append,
            args=(HolidayRow(year=year),),
        )  # fmt: skip
        if copies := copy_holidays_to_next_year(rows, year):
            st.button(
                f"Copy to {year + 1}", key=draft.button_key("copy"), icon=":material/event_repeat:",
                on_click=_add_holiday_copies, args=(draft, copies),
                help="The same days a year later. Correct those that move.",
            )  # fmt: skip


def _remove_holiday_row(draft: SettingsDraft, row: HolidayRow) -> None:
    draft.holiday_rows = [each for each in draft.holiday_rows or [] if each.id != row.id]


def _add_holiday_copies(draft: SettingsDraft, copies: list[HolidayRow]) -> None:
    draft.holiday_rows = [*(draft.holiday_rows or []), *copies]
    st.session_state[draft.field_key(YEAR)] = copies[0].year
