"""The placeholders of texts: what each means, and what it is for the customer of the preview."""

from functools import lru_cache

import streamlit as st

from lib.content.model import Cell, Column, Table
from lib.customers.model import Account
from lib.slides.template_filters import FILTERS, TypedValue, format_typed_value
from lib.slides.template_values import TemplateValues
from lib.slides.template_variables import VARIABLES
from lib.text.truncate import single_line
from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.safe_text import draw_html
from lib.ui.script_values import PageValue, send_value_to_scripts
from lib.ui.session_keys import builder_button_key
from lib.ui.tables import build_table_html

MAX_VALUE_LENGTH = 60
Placeholder = tuple[str, str, str]


def draw_placeholder_values(state: BuilderPageState) -> None:
    """Give the list that opens while one types "{{" its lines."""
    send_value_to_scripts(
        PageValue.PLACEHOLDERS, list_placeholders(state), scripts=("builder_page.js", "placeholders.js")
    )


def draw_placeholder_help(state: BuilderPageState) -> None:
    """All placeholders as a table, made when it is opened."""
    popover = st.popover(
        "Placeholders", icon=":material/data_object:", key=builder_button_key("placeholders"), on_change="rerun"
    )
    if not popover.open:
        return
    with popover:
        st.markdown(
            "Type `{{` in a text to choose one. It is filled in for each customer; without data it reads “no data”."
        )
        draw_html(build_table_html(_build_placeholder_table(list_placeholders(state))))
        st.markdown("A filter after a bar says how a value reads: `{{ contract.arr|money }}`.")
        draw_html(build_table_html(_build_filter_table()))


def list_placeholders(state: BuilderPageState) -> list[Placeholder]:
    """(name, meaning, value) of every placeholder; the value is "" without a customer."""
    if state.placeholders is None or state.placeholders[0] is not state.account:
        state.placeholders = (state.account, _build_placeholders(state.account, state.author_name))
    return state.placeholders[1]


def _build_placeholders(account: Account | None, person_name: str) -> list[Placeholder]:
    values = TemplateValues.for_account(account, person_name=person_name).values if account else {}
    return [
        (name, variable.meaning, _format_placeholder_value(values.get(name), name) if account else "")
        for name, variable in VARIABLES.items()
    ]


def _format_placeholder_value(value: object, name: str) -> str:
    typed = TypedValue(value, VARIABLES[name].kind)  # type: ignore[arg-type]
    return single_line(format_typed_value(typed), max_length=MAX_VALUE_LENGTH)


def _build_placeholder_table(placeholders: list[Placeholder]) -> Table:
    rows: tuple[dict[str, Cell], ...] = tuple(
        {"name": f"{{{{ {name} }}}}", "meaning": meaning, "value": value or None}
        for name, meaning, value in placeholders
    )
    columns = (
        Column(key="name", label="Placeholder"),
        Column(key="meaning", label="What it is"),
        Column(key="value", label="For this customer"),
    )
    return Table(title="", columns=columns, rows=rows)


@lru_cache(maxsize=1)
def _build_filter_table() -> Table:
    rows: tuple[dict[str, Cell], ...] = tuple(
        {"name": f"|{name}", "meaning": template_filter.meaning} for name, template_filter in FILTERS.items()
    )
    columns = (Column(key="name", label="Filter"), Column(key="meaning", label="What it does"))
    return Table(title="", columns=columns, rows=rows)
