from typing import Any

import streamlit as st

from lib.content.model import ColumnKind
from lib.forms.model import EditableColumn, Field
from lib.forms.number_answers import is_number_column
from lib.text.regional_format import get_regional_format
from lib.text.truncate import single_line
from lib.ui.form_keys import FormKeys
from lib.ui.number_widgets import get_number_locale
from lib.ui.widget_values import rows_to_frame


def draw_row_editor(field: Field, keys: FormKeys, label: str, *, help: str | None) -> None:
    """The rows of a ROWS field; `label` and `help` are Markdown."""
    st.markdown(f":small[{label}]", help=help)
    st.data_editor(
        rows_to_frame(field.columns, st.session_state[keys.rows_key(field)], get_number_locale()),
        key=keys.field_key(field),
        num_rows="dynamic",
        hide_index=True,
        column_config={column.key: _build_editable_column_config(column) for column in field.columns},
        alt=single_line(field.label),
    )


def _build_editable_column_config(column: EditableColumn) -> Any:
    """An editable column. A required cell is checked on "Next" only, so that half a row is saved too."""
    label = single_line(column.label)
    if column.kind is ColumnKind.DATE:
        return st.column_config.DateColumn(label, format="YYYY-MM-DD")
    default = None if column.default is None else str(column.default)
    if not is_number_column(column):
        return st.column_config.TextColumn(label, default=default)
    # A column of texts: Streamlit's column of numbers drops a decimal comma.
    return st.column_config.TextColumn(label + _build_unit_suffix(column.kind), default=default, alignment="right")


def _build_unit_suffix(kind: ColumnKind) -> str:
    """ " ($)", " (€)" or " (%)"; blank for a plain number."""
    units = {ColumnKind.MONEY: get_regional_format().currency_symbol, ColumnKind.PERCENT: "%"}
    return f" ({units[kind]})" if kind in units else ""
