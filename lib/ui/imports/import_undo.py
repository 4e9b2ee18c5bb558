"""Taking an import back, or bringing it in again after that: what would happen, and what somebody changed since."""

import streamlit as st

from lib.imports.import_overview import ImportOverview, UndoCounts
from lib.imports.model import ImportStatus, ImportUndo, UndoRow
from lib.services import Services
from lib.text.format import format_count
from lib.text.html import Html
from lib.ui import row_pager
from lib.ui.actions import buttons
from lib.ui.imports import commands
from lib.ui.imports.import_progress import show_progress_bar
from lib.ui.safe_text import draw_html, draw_row_with_buttons
from lib.ui.session_keys import import_button_key, import_field_key

MAX_NAMED_ROWS = 50
_ROW = Html('<p><strong>{}</strong> <span class="zen-muted">{}</span></p><p class="zen-small">{}</p>')


def draw_import_undo(opened: ImportOverview, services: Services) -> None:
    """A button that plans the undo; then the plan, and a button that does it. Four requests for the plan."""
    key = _undo_plan_key(opened.id, opened.status)
    is_again = opened.status is ImportStatus.UNDONE
    forget_undo_plans(opened, but=key)
    if key not in st.session_state:
        label = "Bring in again…" if is_again else "Undo…"
        if not st.button(label, key=import_button_key("undo", opened.id), icon=":material/undo:"):
            return
        open_undo_plan(opened.id, opened.status, services)
        st.rerun()
    plan: tuple[ImportUndo, UndoCounts] = st.session_state[key]
    undo, counts = plan
    with st.container(border=True, gap="small", key="import_undo"):
        st.markdown("##### Bring it in again?" if is_again else "##### Undo this import?")
        st.markdown(describe_undo_counts(counts))
        insisted = _draw_blocked_rows(undo, counts, is_again=is_again)
        _draw_undo_notices(undo)
        with st.container(horizontal=True, gap="small"):
            if counts.total:
                label = "Bring in again" if is_again else "Undo the import"
                command = commands.build_undo_import_command(undo, insisted)
                buttons.draw_command_button(label, command, key=f"undo.{undo.id}", is_primary=True)
            st.button(
                "Cancel",
                key=import_button_key("cancel_undo", opened.id),
                type="tertiary",
                on_click=st.session_state.pop,
                args=(key, None),
            )


def open_undo_plan(import_id: str, status: ImportStatus, services: Services) -> None:
    """Plan the undo, which its import's page then shows. Four requests, more for a large import."""
    with show_progress_bar("Looking at what has changed since…") as report:
        undo = services.imports.plan_undo(import_id, report=report)
    st.session_state[_undo_plan_key(import_id, status)] = undo, services.import_views.fetch_undo_counts(undo.id)


def _undo_plan_key(import_id: str, status: ImportStatus) -> str:
    return import_field_key(import_id, f"undo.{status}")


def forget_undo_plans(opened: ImportOverview, *, but: str = "") -> None:
    """Close the plans of what was done since, so that they are not offered once more."""
    for status in ImportStatus:
        key = _undo_plan_key(opened.id, status)
        if key != but:
            st.session_state.pop(key, None)


def describe_undo_counts(counts: UndoCounts) -> str:
    """ "Removes 120 rows, sets 4 rows back to earlier values."."""
    parts = []
    if counts.remove:
        parts.append(f"removes {format_count(counts.remove, 'row')}")
    if counts.restore:
        parts.append(f"sets {format_count(counts.restore, 'row')} back to earlier values")
    if counts.bring_back:
        parts.append(f"brings {format_count(counts.bring_back, 'row')} in again")
    text = ", ".join(parts) or "nothing is left to take back"
    return f"{text[0].upper()}{text[1:]}."


def _draw_blocked_rows(undo: ImportUndo, counts: UndoCounts, *, is_again: bool) -> tuple[str, ...]:
    """Rows that somebody changed or worked on since, each with a checkbox; returns the ids of those insisted on."""
    if not counts.problems:
        return ()
    st.markdown(
        f":orange[:material/warning:] **Of these, {format_count(counts.problems, 'row')} changed since.** "
        "They stay as they are; new customers with work on them are archived. "
        + ("Select those to bring in all the same." if is_again else "Select those to take back all the same.")
    )
    part = import_field_key(undo.id, "blocked")
    insisted: set[str] = st.session_state.setdefault(import_field_key(undo.id, "insisted"), set())
    window = row_pager.get_row_window(part, len(undo.problems), at_first=MAX_NAMED_ROWS)
    for row in undo.problems[window.first : window.end]:
        _draw_blocked_row(row, insisted)
    row_pager.draw_row_pager(part, window, len(undo.problems), "row", page_rows=MAX_NAMED_ROWS)
    return tuple(row.id for row in undo.problems if row.id in insisted)


def _draw_blocked_row(row: UndoRow, insisted: set[str]) -> None:
    """A row and its checkbox, whose value is kept while other rows are shown."""
    key = _build_insist_key(row)
    if row.operation == "bring_back":
        draw_row_with_buttons(build_blocked_row_html(row), key=f"blocked.{row.id}")
        return
    st.session_state.setdefault(key, row.id in insisted)
    draw_row_with_buttons(build_blocked_row_html(row), key=f"blocked.{row.id}", checkbox=(key, row.label))
    (insisted.add if st.session_state[key] else insisted.discard)(row.id)


def _build_insist_key(row: UndoRow) -> str:
    return import_field_key(row.id, "insist")


def _draw_undo_notices(undo: ImportUndo) -> None:
    """What becomes otherwise than it was before the import: customers of people who have left."""
    part = import_field_key(undo.id, "notices")
    window = row_pager.get_row_window(part, len(undo.notices), at_first=MAX_NAMED_ROWS)
    for row in undo.notices[window.first : window.end]:
        draw_html(_ROW.format(row.label, row.table_name.replace("_", " "), row.notice or ""))
    row_pager.draw_row_pager(part, window, len(undo.notices), "notice", page_rows=MAX_NAMED_ROWS)


def build_blocked_row_html(row: UndoRow) -> Html:
    """What it is, and who changed it when."""
    return _ROW.format(row.label, row.table_name.replace("_", " "), row.problem or "")
