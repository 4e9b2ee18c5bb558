"""How long conversations are kept, with what the worker would delete."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import streamlit as st

from lib.forms.model import FieldKind
from lib.forms.number_parser import NumberError, format_typed_number, parse_typed_number
from lib.services import Services
from lib.text.format import format_count
from lib.ui import page_cache
from lib.ui.number_widgets import draw_field_error, get_number_locale
from lib.ui.session_keys import SETTINGS_RETENTION
from lib.ui.settings.settings_draft import SettingsDraft

FIELD = "retention"
MIN_DAYS, MAX_DAYS = 30, 3650
PREVIEW_SECONDS = 60.0


def draw_retention_field(days: int | None, draft: SettingsDraft, *, is_disabled: bool) -> int | None:
    """The days entered; None to keep them for good. For anything else the stored days, with an error."""
    locale = get_number_locale()
    stored = "" if days is None else format_typed_number(Decimal(days), FieldKind.WHOLE, locale)
    text = st.text_input(
        "Days conversations are kept",
        stored,
        placeholder="For good",
        key=draft.field_key(FIELD),
        max_chars=20,
        disabled=is_disabled,
        help="Conversations in which nothing was said for so many days are deleted, within the hour. Empty: for good.",
    )
    draft.invalid_fields.discard(FIELD)
    if not text.strip():
        return None
    number = parse_typed_number(text, FieldKind.WHOLE, locale)
    if isinstance(number, Decimal) and MIN_DAYS <= number <= MAX_DAYS:
        return int(number)
    draft.invalid_fields.add(FIELD)
    draw_field_error(
        number.message if isinstance(number, NumberError) else f"From {MIN_DAYS} to {MAX_DAYS:,} days, or empty."
    )
    return days


def draw_retention_preview(content: Mapping[str, Any], services: Services) -> None:
    """What would be deleted now; one request where days are entered, none within a minute."""
    days = content["chat_retention_days"]
    if days is None:
        return
    fetch = lambda: services.privacy.preview_chat_retention(days)  # noqa: E731
    preview = page_cache.load_with_max_age(f"{SETTINGS_RETENTION}.{days}", fetch, PREVIEW_SECONDS).value
    if preview.threads == 0:
        st.caption(f"Kept for {days:,} days: no conversation would be deleted now.")
        return
    st.warning(
        f"Kept for {days:,} days: {format_count(preview.threads, 'conversation')} of "
        f"{format_count(preview.people, 'person', 'people')} with {format_count(preview.messages, 'message')} would be "
        "deleted within the hour, for good.",
        icon=":material/delete_sweep:",
    )
