"""The changes, a row each: who changed what, when, through what, and each value before and after."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from lib.audit.change_text import (
    OPERATION_NAMES,
    build_changes_table,
    format_person,
    format_source,
    format_table_name,
    list_changed_values,
)
from lib.audit.model import ChangeFilter, ChangeOperation, HistoryGaps, RowChange
from lib.files.dated_export import build_dated_filename
from lib.files.spreadsheet_writer import XLSX_MEDIA_TYPE, build_table_xlsx
from lib.services import Services
from lib.text.format import format_count
from lib.text.html import Html
from lib.text.truncate import single_line
from lib.ui import empty_and_error_states, theme
from lib.ui.safe_text import build_text_html, draw_html, draw_html_blocks
from lib.ui.session_keys import AUDIT_DOWNLOAD

MAX_EXPORTED = 20_000
MAX_LABEL_CHARACTERS = 120
_ROW = Html('<p><strong>{}</strong> {} <span class="zen-muted">{}</span></p><p class="zen-small zen-muted">{}</p>{}')


def draw_history_gaps(gaps: HistoryGaps) -> None:
    """Whether the history is whole."""
    if gaps.count == 0:
        st.caption("The history is whole: no change is missing.")
        return
    numbers = ", ".join(f"{number:,}" for number in gaps.numbers)
    more = " and more" if gaps.count > len(gaps.numbers) else ""
    st.error(
        f"**The history is not whole.** {format_count(gaps.count, 'transaction')} of it lost changes, at least "
        f"{gaps.missing:,} of them (transaction {numbers}{more}). Somebody with access to the database removed them: "
        "ask whoever operates it.",
        icon=":material/report:",
    )


def draw_changes(changes: Sequence[RowChange], time_zone: str) -> None:
    if not changes:
        text = "Changes of customers, contacts, contracts, notes and settings stand here, with who made them."
        empty_and_error_states.draw_empty_state("No changes found", text, icon=":material/history:")
        return
    draw_html_blocks([build_text_html(build_change_html(each, time_zone)) for each in changes])


def build_change_html(change: RowChange, time_zone: str) -> Html:
    """What was done to which row, who did it, and its values."""
    what = f"{format_table_name(change.table_name)} {OPERATION_NAMES[change.operation]}"
    of_customer = change.customer_name if change.customer_name and change.customer_name != change.label else ""
    who = format_person(change)
    how = "" if change.source in ("person", "operator") else f", {format_source(change.source)}"
    when = theme.format_timestamp(change.changed_at, time_zone)
    label = single_line(change.label, max_length=MAX_LABEL_CHARACTERS)
    return _ROW.format(what, label, of_customer, f"{who}{how} · {when}", _build_changed_values_html(change, time_zone))


def _build_changed_values_html(change: RowChange, time_zone: str) -> Html:
    values = list_changed_values(change, time_zone)
    if change.operation is ChangeOperation.UPDATE:
        rows = [Html("<li>{}: {} → {}</li>").format(name, before or "", after or "") for name, before, after in values]
        return Html("<ul>{}</ul>").format(Html("").join(rows))
    rows = [Html("<li>{}: {}</li>").format(name, after or before or "") for name, before, after in values]
    opened = Html("<details><summary>{}</summary><ul>{}</ul></details>")
    return opened.format(format_count(len(rows), "value"), Html("").join(rows))


def draw_changes_download(services: Services, wanted: ChangeFilter) -> None:
    """A button: the changes of the filter as a workbook, the newest 20,000. They are read when it is clicked."""
    st.download_button(
        "Download",
        partial(_build_changes_workbook, services, wanted),
        build_dated_filename("changes", "xlsx", services.person.time_zone),
        XLSX_MEDIA_TYPE,
        key=AUDIT_DOWNLOAD,
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        help=f"The newest {MAX_EXPORTED:,} changes of this filter as a workbook.",
    )


def _build_changes_workbook(services: Services, wanted: ChangeFilter) -> bytes:
    changes = services.audit.iterate_changes(wanted, most=MAX_EXPORTED)
    return build_table_xlsx(build_changes_table(changes, services.person.time_zone))


def draw_audit_scope(services: Services) -> None:
    """Whose changes are shown."""
    if services.person.role.leads_team:
        draw_html(Html("<p>Who changed what in your company. Nobody can change or remove an entry.</p>"))
    else:
        draw_html(Html("<p>What you changed. Your managers and admins see the changes of everybody.</p>"))
