"""A number of the settings, typed as the person writes numbers."""

from decimal import Decimal

import streamlit as st

from lib.forms.model import FieldKind
from lib.forms.number_parser import NumberError, format_typed_number, parse_typed_number
from lib.ui.number_widgets import draw_field_error, get_number_locale
from lib.ui.settings.settings_draft import SettingsDraft


def draw_number_field(
    draft: SettingsDraft,
    name: str,
    label: str,
    stored: Decimal | None,
    *,
    least: int,
    most: int,
    kind: FieldKind = FieldKind.WHOLE,
    is_disabled: bool = False,
    shows_label: bool = True,
    is_optional: bool = False,
) -> Decimal | None:
    """The number from `least` to `most`; None for a blank optional field; None and an error for anything else."""
    locale = get_number_locale()
    text = st.text_input(
        label, "" if stored is None else format_typed_number(stored, kind, locale), key=draft.field_key(name),
        max_chars=20, disabled=is_disabled, label_visibility="visible" if shows_label else "collapsed",
    )  # fmt: skip
    if is_optional and not text.strip():
        return None
    number = parse_typed_number(text, kind, locale) if text.strip() else None
    if isinstance(number, Decimal) and least <= number <= most:
        return number
    draft.invalid_fields.add(name)
    draw_field_error(number.message if isinstance(number, NumberError) else f"From {least} to {most}, please.")
    return None
