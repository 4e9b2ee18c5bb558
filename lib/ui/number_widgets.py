"""Numbers in forms: text as the person writes numbers, and a question where it is unclear."""

from decimal import Decimal
from typing import Any

import streamlit as st

from lib.auth.gate import use_format_of_person
from lib.forms.model import Answers, EditableColumn, Field, FieldKind
from lib.forms.number_answers import NumberQuestion, format_number_answer, read_number_answer
from lib.forms.number_parser import format_typed_number
from lib.text.json_values import parse_number
from lib.text.markdown_escape import escape_markdown
from lib.text.regional_format import get_currency
from lib.ui.form_keys import FormKeys

PERCENT_ICON = ":material/percent:"
CURRENCY_ICONS = {
    "USD": ":material/attach_money:",
    "EUR": ":material/euro:",
    "GBP": ":material/currency_pound:",
    "JPY": ":material/currency_yen:",
    "CNY": ":material/currency_yuan:",
    "INR": ":material/currency_rupee:",
    "CHF": ":material/currency_franc:",
    "TRY": ":material/currency_lira:",
}
MONEY_ICON = ":material/payments:"


def choose_number_icon(kind: FieldKind) -> str | None:
    """The company's currency for money, a percent sign for a percentage."""
    if kind is FieldKind.MONEY:
        return CURRENCY_ICONS.get(get_currency(), MONEY_ICON)
    return PERCENT_ICON if kind is FieldKind.PERCENT else None


def get_number_locale() -> str:
    """The locale in which the person reads and types numbers: their own, else the company's."""
    return use_format_of_person().locale


def read_number(field: Field, keys: FormKeys, column: EditableColumn | None, text: Any, row: Answers) -> Any:
    """What a text stands for here: what is known, else what it says."""
    known = st.session_state.get(keys.numbers_key(field), {}).get((column.key if column else None, text))
    if known is None:
        return read_number_answer(text, column or field, get_number_locale(), row)
    return int(known) if known == known.to_integral_value() else known


def remember_number_of_text(
    field: Field, keys: FormKeys, column_key: str | None, text: str, number: Decimal | None
) -> None:
    """From now on `text` in this field, or in this column of it, stands for `number`."""
    if number is not None:
        known = st.session_state.get(keys.numbers_key(field), {})
        st.session_state[keys.numbers_key(field)] = {**known, (column_key, text): number}


def format_number_widget(field: Field, keys: FormKeys) -> None:
    """Write what was typed as numbers are written; a callback. Text that is no number stays."""
    key = keys.field_key(field)
    number = parse_number(read_number(field, keys, None, st.session_state.get(key), {}))
    if number is not None:
        _fill_number_field(field, keys, number)


def _fill_number_field(field: Field, keys: FormKeys, number: Decimal) -> None:
    text = format_number_answer(field.kind, number, get_number_locale())
    remember_number_of_text(field, keys, None, text, number)
    st.session_state[keys.field_key(field)] = text


def _choose_number_reading(field: Field, keys: FormKeys, question: NumberQuestion, number: Decimal) -> None:
    """The person said what the text means; a callback."""
    if question.column_key is None:
        _fill_number_field(field, keys, number)
    else:
        remember_number_of_text(field, keys, question.column_key, question.text, number)


def draw_number_question(field: Field, keys: FormKeys, question: NumberQuestion) -> None:
    """What is unclear about a number, and a button for each number it may be."""
    draw_field_error(question.message, field.label)
    if not question.readings:
        return
    with st.container(horizontal=True, gap="small"):
        for number in question.readings:
            st.button(
                escape_markdown(format_typed_number(number, question.kind, get_number_locale())),
                key=f"{keys.field_key(field)}.{question.column_key}.{question.text}.{number}",
                on_click=_choose_number_reading,
                args=(field, keys, question, number),
            )


def draw_field_error(message: str, label: str = "") -> None:
    """An error; below the question called `label` it does not repeat the label."""
    message = message.removeprefix(f"“{label}”").lstrip(" ,:") if label else message
    st.markdown(f":small[:red[:material/error: {escape_markdown(message[:1].upper() + message[1:])}]]")
