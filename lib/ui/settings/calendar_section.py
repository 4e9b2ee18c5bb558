"""Currency, locale, fiscal year, working days and holidays of the company."""

from calendar import day_name, month_name
from typing import Any

import streamlit as st

from lib.auth.gate import read_person_again
from lib.companies.company_settings import CompanySettings
from lib.errors import ZenError
from lib.services import Services
from lib.text.regional_format import LOCALES, describe_currency, describe_locale, list_currencies
from lib.ui import form_widgets
from lib.ui.actions.action_state import get_action_state
from lib.ui.actions.dialog_state import FlashMessage
from lib.ui.settings import chat_retention_field, settings_draft
from lib.ui.settings.holiday_fields import draw_holiday_fields
from lib.ui.settings.settings_draft import SettingsDraft

SECTION = "calendar"


def draw_calendar_section(settings: CompanySettings, services: Services, *, may_edit: bool) -> None:
    """The fields, and for an admin a button to save them. Saving is one request."""
    base = _build_calendar_content(settings)
    draft = settings_draft.get_settings_draft(SECTION, base, settings.revision)
    settings_draft.draw_settings_conflict(draft, base, settings.revision)
    with st.container(width=640, gap="small", key="settings_calendar"):
        errors = _draw_calendar_fields(draft, services.person.time_zone, is_disabled=not may_edit)
        if not may_edit:
            st.caption("An admin of your company can change these.")
            return
        for error in errors:
            form_widgets.draw_field_error(error, "Holidays")
        chat_retention_field.draw_retention_preview(draft.content, services)
        settings_draft.draw_draft_error(draft)
        with st.container(horizontal=True, gap="small"):
            is_blocked = bool(errors) or not draft.can_be_sent
            is_clicked = st.button("Save", key=draft.button_key("save"), type="primary", disabled=is_blocked)
            settings_draft.draw_discard_settings_button(draft)
    if is_clicked:
        _save_calendar(draft, services)
        st.rerun()


def _build_calendar_content(settings: CompanySettings) -> dict[str, Any]:
    """As it is saved."""
    return {
        "currency": settings.currency,
        "locale": settings.locale,
        "fiscal_year_start_month": settings.fiscal_year_start_month,
        "working_weekdays": list(settings.working_weekdays),
        "chat_retention_days": settings.chat_retention_days,
        "holidays": [{"day": each.day.isoformat(), "name": each.name} for each in settings.holidays],
    }


def _draw_calendar_fields(draft: SettingsDraft, time_zone: str, *, is_disabled: bool) -> tuple[str, ...]:
    """Draw the fields into `draft.content`; the errors of the holidays."""
    base = draft.base
    weekdays = st.pills(
        "Working days",
        range(1, 8),
        selection_mode="multi",
        default=base["working_weekdays"],
        format_func=lambda number: day_name[number - 1][:3],
        key=draft.field_key("weekdays"),
        disabled=is_disabled,
        help="First answers to escalations are due on working days, and snoozes suggest them.",
    )
    holidays, errors = draw_holiday_fields(draft, time_zone, is_disabled=is_disabled)
    currency, locale = _draw_format_fields(draft, is_disabled=is_disabled)
    month = st.selectbox(
        "Fiscal year begins in",
        range(1, 13),
        index=base["fiscal_year_start_month"] - 1,
        format_func=month_name.__getitem__,
        key=draft.field_key("month"),
        disabled=is_disabled,
    )
    retention = chat_retention_field.draw_retention_field(base["chat_retention_days"], draft, is_disabled=is_disabled)
    draft.content = dict(base) | {
        "working_weekdays": sorted(weekdays),
        "holidays": holidays,
        "currency": currency,
        "locale": locale,
        "fiscal_year_start_month": month,
        "chat_retention_days": retention,
    }
    return errors


def _draw_format_fields(draft: SettingsDraft, *, is_disabled: bool) -> tuple[str, str]:
    """Draw currency and locale, side by side; returns what is chosen."""
    base = draft.base
    first, second = st.columns(2)
    currency = first.selectbox(
        "Currency",
        list_currencies(),
        index=list_currencies().index(base["currency"]),
        format_func=describe_currency,
        key=draft.field_key("currency"),
        disabled=is_disabled,
        help="Stored amounts are not converted: they are taken to be in this currency.",
    )
    locale = second.selectbox(
        "Money and numbers are written as in",
        LOCALES,
        index=LOCALES.index(base["locale"]),
        format_func=describe_locale,
        key=draft.field_key("locale"),
        disabled=is_disabled,
    )
    return currency, locale


def _save_calendar(draft: SettingsDraft, services: Services) -> None:
    actions = get_action_state()
    with actions.commands.lock:
        try:
            services.company_settings.save_settings(draft.content, revision=draft.revision)
        except ZenError as error:
            draft.error = error
            actions.mark_data_changed()
            return
        read_person_again()  # whose pages write money as the settings say
        settings_draft.close_settings_draft(SECTION)
        actions.record_success(FlashMessage(text="The settings are saved."))
